// Package examples holds the journey maps that come with Klantreis, for binaries that publish one at their first start.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed webshop
var files embed.FS

// Webshop returns the Dutch web shop.
func Webshop() fs.FS {
	shop, err := fs.Sub(files, "webshop")
	if err != nil {
		panic(err) // the name above is not a valid path
	}
	return shop
}
