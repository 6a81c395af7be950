// Package password keeps passwords as argon2id hashes and checks what people type against them.
//
// It must not know whose passwords they are.
package password
