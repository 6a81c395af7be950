package allinone

import (
	"fmt"
	"net/url"

	"klantreis/config"
)

// welcome tells where everything is and what to try first.
func welcome(base string, cfg config.Config, sandbox bool) string {
	login := base + "/login?" + url.Values{"token": {string(cfg.HTTP.AdminToken)}, "next": {"/inbox"}}.Encode()
	mail := "Mail goes out through SendGrid."
	if sandbox {
		mail = "Mail is caught in the inbox; nothing leaves this machine. Open it with:\n    " + login
	}
	return fmt.Sprintf(`
Klantreis is ready at %[1]s

%[2]s

Post an order and look at the inbox:

curl -u %[3]s: -H 'Content-Type: application/json' %[1]s/v1/batch -d '{"batch":[
 {"type":"identify","userId":"anna","traits":{"email":"anna@example.com","firstName":"Anna","locale":"nl"}},
 {"type":"track","userId":"anna","event":"Order Completed","properties":{"order_id":"1001","total":59.90,"currency":"EUR",
  "products":[{"name":"Koffiebonen","quantity":2,"price":29.95}]}}]}'

Stop with Ctrl-C. Everything is kept in %[4]s and beside it, and goes on at the next start.
`, base, mail, string(cfg.HTTP.WriteKey), string(cfg.Record.Database)[len("sqlite:"):])
}
