package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is a file with one entry a line. An entry that was appended survives the end of the process; it is not synced
// to the disk, so a power cut may take the last ones.
type journal struct {
	path    string
	file    *os.File
	size    int64
	entries int
}

// openJournal opens or makes the file and gives its entries to apply. A last line that a crash left unfinished is cut off.
func openJournal(path string, apply func(entry)) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open inbox: %w", err)
	}
	j := &journal{path: path, file: file}
	if err := j.load(apply); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

func (j *journal) load(apply func(entry)) error {
	lines := bufio.NewReader(j.file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return j.cut()
		}
		if err != nil {
			return fmt.Errorf("read inbox: %w", err)
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read inbox %s line %d: %w", j.path, j.entries+1, err)
		}
		apply(e)
		j.entries++
		j.size += int64(len(line))
	}
}

// cut drops whatever stands behind the last whole entry.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("mend inbox: %w", err)
	}
	return nil
}

// append writes entries, all or none.
func (j *journal) append(entries []entry) error {
	data, err := lines(entries)
	if err != nil {
		return err
	}
	if _, err := j.file.WriteAt(data, j.size); err != nil {
		return errors.Join(fmt.Errorf("write inbox: %w", err), j.cut())
	}
	j.size += int64(len(data))
	j.entries += len(entries)
	return nil
}

// rewrite replaces the file by one that holds just these mails. After an error the old file is still in use.
func (j *journal) rewrite(messages []*Message) error {
	entries := make([]entry, len(messages))
	for i, message := range messages {
		entries[i].Mail = message
	}
	data, err := lines(entries)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(j.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("rewrite inbox: %w", err)
	}
	if _, err = file.Write(data); err == nil {
		err = os.Rename(file.Name(), j.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("rewrite inbox: %w", err), file.Close())
	}
	old := j.file
	j.file, j.size, j.entries = file, int64(len(data)), len(entries)
	return old.Close()
}

func (j *journal) close() error { return j.file.Close() }

func lines(entries []entry) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	for _, e := range entries {
		if err := encoder.Encode(e); err != nil {
			return nil, fmt.Errorf("write inbox: %w", err)
		}
	}
	return out.Bytes(), nil
}
