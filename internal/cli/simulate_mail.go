package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"klantreis/activities"
)

// unsafeInName is what the name of a file shall not hold.
var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// writeMail writes a mail into a folder, as HTML and as text. The number comes first, so that the files are in order.
func writeMail(folder string, number int, template string, mail activities.Mail) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("write a mail: %w", err)
	}
	name := filepath.Join(folder, fmt.Sprintf("%03d-%s", number, unsafeInName.ReplaceAllString(template, "-")))
	head := fmt.Sprintf("From: %s <%s>\nTo: %s <%s>\nSubject: %s\n\n", mail.From.Name, mail.From.Email, mail.To.Name, mail.To.Email, mail.Subject)
	for ending, text := range map[string]string{".html": mail.HTML, ".txt": head + mail.Text} {
		if err := os.WriteFile(name+ending, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write a mail: %w", err)
		}
	}
	return nil
}
