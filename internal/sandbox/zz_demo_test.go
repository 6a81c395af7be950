package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"klantreis/activities"
	"klantreis/internal/sandbox"
	"klantreis/internal/sendgrid"
)

func TestDemo(t *testing.T) {
	s, err := sandbox.New(sandbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(s.APIHandler())
	inbox := httptest.NewServer(s.InboxHandler())
	empty, _ := sandbox.New(sandbox.Options{Now: time.Now})
	none := httptest.NewServer(empty.InboxHandler())
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	c := sendgrid.New(sendgrid.Options{APIKey: "k", Host: api.URL})
	names := []string{"Sanne de Vries", "Mohammed El Amrani", "Jan-Willem van der Meulen-Bakker tot Zuylichem", "<script>alert(1)</script>", ""}
	subj := []string{"Je bestelling 1042 is binnen", "Hoe bevalt je nieuwe lamp? Laat het ons weten in één minuut, met een klein cadeau van ons", "Tijd voor nieuwe koffie?", "<img src=x onerror=alert(1)>", "Welkom terug"}
	cats := []string{"order-confirmation", "review-request", "repeat-purchase"}
	for i := range 63 {
		_, err := c.Send(context.Background(), activities.Mail{MessageID: fmt.Sprint("m", i), Category: cats[i%3],
			From: activities.Address{Name: "Lampenwinkel", Email: "winkel@example.com"}, ReplyTo: activities.Address{Email: "service@example.com"},
			To: activities.Address{Name: names[i%5], Email: fmt.Sprintf("klant%d@example.com", i)}, Subject: subj[i%5],
			Headers: map[string]string{"List-Unsubscribe": "<https://shop.example.com/u/abc>, <mailto:u@shop.example.com>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
			HTML:    `<html><head><style>body{font-family:sans-serif;background:#f4f4f4;margin:0}.c{max-width:560px;margin:24px auto;background:#fff;padding:32px;border-radius:8px}</style></head><body><div class="c"><h1 style="color:#234">Dank je wel, Sanne</h1><p>We hebben je bestelling <b>1042</b> ontvangen.</p><p><a href="https://example.com/">Bekijk je bestelling</a></p><script>document.body.innerHTML='HACKED'</script></div></body></html>`,
			Text:    "Dank je wel, Sanne\n\nWe hebben je bestelling 1042 ontvangen. Je krijgt bericht zodra het pakket onderweg is.\n\nBekijk je bestelling: https://example.com/"})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.SetWebhookURL(hook.URL)
	s.Start(context.Background())
	time.Sleep(time.Second)
	s.SetWebhookURL("")
	s.Emit("m60", sandbox.EventOpen)
	id := s.Messages()[2].ID
	fmt.Println(inbox.URL, id, none.URL)
	os.WriteFile("/tmp/sbx.urls", []byte(inbox.URL+"\n"+id+"\n"+none.URL+"\n"), 0o644)
	if os.Getenv("HOLD") != "" {
		exec.Command("sleep", os.Getenv("HOLD")).Run()
	}
}
