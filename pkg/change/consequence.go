package change

import "strings"

// Effect is what a change does to what runs.
type Effect string

// The effects, the worst first.
const (
	// Refused is a change that the API server does not take: the object stays as it is, and a Kustomization or an Application fails.
	Refused Effect = "refused"

	// Danger is a change that loses data or leaves it behind, unless it is done as the message says.
	Danger Effect = "danger"

	// Outage is a change during which, or after which, clients cannot connect.
	Outage Effect = "outage"

	// Restart is a change that restarts the instances, one after the other and the primary last. Connections are cut once.
	Restart Effect = "restart"

	// Ignored is a change that what runs does not see.
	Ignored Effect = "ignored"

	// Note is a change that is worth a word.
	Note Effect = "note"
)

var effects = []Effect{Refused, Danger, Outage, Restart, Ignored, Note}

// Consequence is what a change means for a running database.
type Consequence struct {
	Effect Effect

	// Object is the kind and the name of the object, such as "Cluster sales/shop".
	Object string

	// Field is the path of the field that matters, or "" for the whole object.
	Field string

	// Message says what happens and, where something must be done, what; steps are on lines of their own.
	Message string
}

// String is the consequence on one line.
func (c Consequence) String() string {
	where := c.Object
	if c.Field != "" {
		where += ": " + c.Field
	}
	return string(c.Effect) + ": " + where + ": " + strings.ReplaceAll(c.Message, "\n", " ")
}
