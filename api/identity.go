package api

import (
	"fmt"
	"strings"
)

// noIdentities are what programs send as an id when they have none, in small letters. As an id such a word would make one
// customer, or one device, of thousands.
var noIdentities = map[string]bool{
	"undefined": true, "null": true, "(null)": true, "<null>": true, "nil": true, "<nil>": true, "none": true, "nan": true, "n/a": true,
	"true": true, "false": true, "-1": true, "[object object]": true, "{}": true, "[]": true,
	"anonymous": true, "guest": true, "unknown": true, "not_authenticated": true,
}

// isNoIdentity tells whether an id says that there is none: one of the words above, in quotes or not, or nothing but zeros, as
// in an empty UUID.
func isNoIdentity(id string) bool {
	id = strings.ToLower(strings.Trim(id, " \t\r\n\"'"))
	return noIdentities[id] || strings.Trim(id, "0-{}") == ""
}

// identity returns whose event it is: a customer's, a visitor's, or a customer's on a known device. Each field has the name that
// the form of the event gives it.
//
// An anonymousId that is none is left out when the userId says whose event it is. As a userId it cannot be forgiven: the
// event would become somebody else's, or nobody's.
func (f *fields) identity(userField, anonymousField string) (userID, anonymousID string) {
	userID, anonymousID = f.owner(userField), f.id(anonymousField, maxIDCharacters)
	if anonymousID == "" || !isNoIdentity(anonymousID) {
		return userID, anonymousID
	}
	if userID == "" {
		f.refuseIdentity(anonymousField, anonymousID)
	}
	return userID, ""
}

// owner returns an id of a customer; empty when absent.
func (f *fields) owner(field string) string {
	id := f.id(field, maxIDCharacters)
	if id != "" && isNoIdentity(id) {
		f.refuseIdentity(field, id)
	}
	return id
}

func (f *fields) refuseIdentity(field, id string) {
	f.refuse(codeNoIdentity, field, fmt.Sprintf("%q is not the id of anybody; programs send it when they have none", id))
}
