// Package access says who may do what: the permissions, the roles that include them, and who somebody is.
//
// It must not know how anybody proves who they are, or what is behind a permission.
package access
