package api

import "context"

// Answers are the questions that mails ask and what customers answered. It must be safe for concurrent use.
type Answers interface {
	// Question returns the question to which a token leads; found is false when the token is forged, when it is too old,
	// or when the record does not know its customer any more. It changes nothing.
	Question(ctx context.Context, token string) (q Question, found bool, err error)
	// Answer records an answer and returns the one that counts, which is the first. The score must be one of the question's.
	Answer(ctx context.Context, token string, a Answer) (kept Answer, found bool, err error)
}

// Question is what the page shows.
type Question struct {
	// Shop is the name of who asks.
	Shop string
	// Text is what is asked.
	Text string
	// From and To are the lowest and the highest score.
	From, To int
	// Locale is the customer's language tag.
	Locale string
	// Given is the answer that counts. Nil before the first.
	Given *Answer
}

// Answer is what a customer answered.
type Answer struct {
	// Score is one of the question's scores.
	Score int
	// Comment is what the customer added in words, at most 1000 characters. Often empty.
	Comment string
}
