package rungs

// Status is how a call ended, as the C ABI numbers it.
type Status uint32

// The statuses of errors.
const (
	StatusNullArgument Status = 1
	StatusInvalidUTF8  Status = 2
	StatusInvalidInput Status = 3
	StatusLimit        Status = 4
	StatusUnsupported  Status = 5
	StatusOutOfRange   Status = 6
	StatusPanic        Status = 7
)

// Outcome is how a question ended.
type Outcome uint32

// The outcomes; later versions may add some.
const (
	OutcomeNone         Outcome = 0 // none of the others
	OutcomePlanned      Outcome = 1 // there are steps to take
	OutcomeAlreadyThere Outcome = 2 // nothing moves
	OutcomeImpossible   Outcome = 3 // no sequence of steps leads there
	OutcomeUnknown      Outcome = 4 // something lies beyond the catalog
	OutcomeGaveUp       Outcome = 5 // the search limit was reached
)

// String is the word that documents use.
func (outcome Outcome) String() string {
	return word(uint32(outcome), "none", "planned", "already_there", "impossible", "unknown", "gave_up")
}

// Verdict is what lint says of a change.
type Verdict uint32

// The verdicts; later versions may add some.
const (
	VerdictNone    Verdict = 0 // none of the others
	VerdictAllowed Verdict = 1 // the rules allow it
	VerdictRefused Verdict = 2 // a finding of the severity asked for, or worse
	VerdictUnknown Verdict = 3 // something lies beyond the catalog
)

// String is the verdict in a word.
func (verdict Verdict) String() string {
	return word(uint32(verdict), "none", "allowed", "refused", "unknown")
}

// Severity is how much a finding weighs.
type Severity uint32

// The severities.
const (
	SeverityError   Severity = 1
	SeverityWarning Severity = 2
	SeverityNote    Severity = 3
)

// Format is how a report is written; plans have no SARIF, lint no HTML, and so on: [ErrUnsupported].
type Format uint32

// The formats.
const (
	FormatText     Format = 1 // 80 columns
	FormatANSI     Format = 2 // the same for terminals
	FormatJSON     Format = 3 // the document
	FormatMarkdown Format = 4
	FormatHTML     Format = 5
	FormatSARIF    Format = 6
	FormatGitHub   Format = 7 // annotations of GitHub Actions
	FormatRows     Format = 8 // a line for each fact of a plan, its fields parted by tabs
)

// Scheme is how versions are read and ordered.
type Scheme uint32

// The schemes.
const (
	SchemeRubyGems Scheme = 1
	SchemeSemVer   Scheme = 2
)

func word(number uint32, words ...string) string {
	if int(number) < len(words) {
		return words[number]
	}
	return "unknown"
}
