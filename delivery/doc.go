// Package delivery hands editions to their recipients by mail, each to each once.
//
// The store knows whom an edition is for from the moment that the edition is recorded. For every recipient
// Post.Deliver writes down that it begins, makes the edition again from what may still be read (the gate's second
// time), hands the mail over, and writes down what came of it. A mail's Message-ID is made of what it is, so after a
// crash between handing over and writing down the same mail goes out again under the same Message-ID, which
// receivers drop; that is the most that SMTP allows.
//
// Server speaks to the mail server: server.go and visit.go do, explain.go and reply.go say what went wrong, never
// with an address. message.go writes mails, round.go is the delivery of one edition.
package delivery
