// Package template renders the shop's mails, which are written in Liquid: per template and locale one HTML and one text
// file, each put into a layout.
//
// It guards what Liquid leaves open: values are escaped in HTML, every rendering has a limited cost, and none of them
// reads a file, a clock or the network. A rendering that takes too long all the same is ended. It must not know why a customer gets a mail, or how it is sent.
package template
