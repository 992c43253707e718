package rungs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What errors.Is distinguishes. All but ErrClosed and ErrIncompatible are an [Error].
var (
	ErrClosed       = errors.New("rungs: used after Close")
	ErrIncompatible = errors.New("rungs: the library does not fit this package")
	ErrInternal     = errors.New("rungs: a bug of the library")
	ErrInvalidInput = errors.New("rungs: invalid input") // all below, too
	ErrLimit        = errors.New("rungs: larger than the library reads")
	ErrInvalidUTF8  = errors.New("rungs: not UTF-8")
	ErrUnsupported  = errors.New("rungs: unknown format, scheme or document")
	ErrOutOfRange   = errors.New("rungs: no such step")
	ErrVersion      = errors.New("rungs: no version, requirement, name or day")
	ErrLockfile     = errors.New("rungs: lockfile")
	ErrCatalog      = errors.New("rungs: catalog")
	ErrRequest      = errors.New("rungs: request")
	ErrDocument     = errors.New("rungs: document")
)

// Error is why a call failed.
type Error struct {
	Code    int    // the kind, the same in all languages: 402 is an unknown line
	Status  Status // what the call returned
	Message string // one sentence, with file and place where they are known
	Help    string // what to do next, or empty
	Line    int    // of the input, from 1; 0 where there is none
	Column  int    // of the input, from 1; 0 where there is none
	Offset  int    // the first byte that is not UTF-8, from 0; -1 where there is none

	kind     error
	document []byte
}

// Problem is one thing that is wrong with an input.
type Problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Help    string `json:"help"`
}

// Error is the message.
func (failed *Error) Error() string {
	return failed.Message
}

// Format prints the message; for %+v also what to do next, on lines of its own, as the program does.
func (failed *Error) Format(state fmt.State, verb rune) {
	text := failed.Message
	switch {
	case verb == 'q':
		text = fmt.Sprintf("%q", text)
	case verb == 'v' && state.Flag('#'):
		text = fmt.Sprintf("&rungs.Error{Code:%d, Message:%q, Help:%q}", failed.Code, text, failed.Help)
	case verb == 'v' && state.Flag('+') && failed.Help != "":
		text += "\n  " + strings.ReplaceAll(failed.Help, "\n", "\n  ")
	}
	if width, ok := state.Width(); ok {
		if state.Flag('-') {
			width = -width
		}
		text = fmt.Sprintf("%*s", width, text)
	}
	io.WriteString(state, text)
}

// Is reports whether the error is of this kind.
func (failed *Error) Is(kind error) bool {
	if kind == ErrInvalidInput {
		return failed.kind != ErrInternal && failed.kind != ErrIncompatible
	}
	return kind == failed.kind
}

// Document is all problems as rungs.error/1.
func (failed *Error) Document() []byte {
	return failed.document
}

// Problems is all problems of the input; the error has the code and message of the first.
func (failed *Error) Problems() []Problem {
	var document struct {
		Problems []Problem `json:"problems"`
	}
	if json.Unmarshal(failed.document, &document) != nil {
		return nil
	}
	return document.Problems
}

func kindOf(status Status, code int) error {
	switch status {
	case StatusLimit:
		return ErrLimit
	case StatusInvalidUTF8:
		return ErrInvalidUTF8
	case StatusUnsupported:
		return ErrUnsupported
	case StatusOutOfRange:
		return ErrOutOfRange
	case StatusPanic, StatusNullArgument:
		return ErrInternal
	}
	switch code / 100 {
	case 1:
		return ErrVersion
	case 2:
		return ErrLockfile
	case 3:
		return ErrCatalog
	case 4:
		return ErrRequest
	case 7:
		return ErrDocument
	}
	return ErrInvalidInput
}
