package journey

import "cmp"

var shopKeys = []string{"name", "email", "replyTo", "phone", "url", "address"}

func (p *parser) readShop(top fields) Shop {
	v, ok := top.byKey["shop"]
	if !ok {
		return Shop{}
	}
	f := p.object(v, shopKeys)
	f.require("name", "email")
	s := Shop{
		Name: f.text("name"), Email: f.email("email"), ReplyTo: f.email("replyTo"),
		Phone: f.text("phone"), URL: f.url("url"), Address: f.text("address"),
	}
	s.ReplyTo = cmp.Or(s.ReplyTo, s.Email)
	return s
}
