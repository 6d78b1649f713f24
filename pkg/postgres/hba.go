package postgres

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// CheckHBA checks one line of postgresql.pg_hba for a major version of
// PostgreSQL, and that a ${podselector:NAME} in it names one of selectors, the
// names in podSelectorRefs.
//
// The operator passes lines on as they are. A server that meets a malformed one
// refuses the whole file: it keeps the old rules while running and does not
// start at the next restart.
//
// Source: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html and,
// for the selectors, pkg/postgres/hba of CloudNativePG 1.30.0.
func CheckHBA(major int, line string, selectors []string) error {
	if strings.ContainsFunc(line, func(r rune) bool { return isControl(r) && r != '\t' }) {
		return errors.New("has a line break or another control character: write one rule an entry")
	}
	if strings.HasSuffix(strings.TrimRight(line, " \t"), `\`) && major >= 14 {
		return errors.New(`ends with a backslash, which joins it with the next line: write one rule an entry`)
	}
	fields, err := hbaFields(line)
	if err != nil {
		return err
	}
	if len(fields) == 0 {
		return nil // a comment, or empty
	}
	if err := checkSelectors(fields, selectors); err != nil {
		return err
	}
	kind, fields := fields[0].text(), fields[1:]
	switch kind {
	case "local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc":
	case "include", "include_if_exists", "include_dir":
		if major < 16 {
			return fmt.Errorf("begins with %s, which PostgreSQL knows from version 16 on", kind)
		}
		if len(fields) != 1 {
			return fmt.Errorf("%s takes the name of one file", kind)
		}
		return nil
	default:
		return fmt.Errorf("begins with %q: the connection type is one of local, host, hostssl, hostnossl, hostgssenc, hostnogssenc", kind)
	}
	rule, err := splitHBARule(kind, fields)
	if err != nil {
		return err
	}
	if rule.address != nil {
		if err := checkHBAAddress(*rule.address, rule.mask); err != nil {
			return err
		}
	}
	return rule.checkMethod(major)
}

// hbaRule is the part of a rule behind database and user.
type hbaRule struct {
	kind    string
	address *hbaField // nil for local
	mask    string    // of an address in two fields, or ""
	method  string
	options []hbaField
}

func splitHBARule(kind string, fields []hbaField) (hbaRule, error) {
	rule := hbaRule{kind: kind}
	want := []string{"database", "user", "address", "method"}
	if kind == "local" {
		want = []string{"database", "user", "method"}
	}
	if len(fields) < len(want) {
		problem := fmt.Errorf("has %d fields after %s and needs %d: %s", len(fields), kind, len(want), strings.Join(want, ", "))
		if len(fields) == len(want)-1 && kind != "local" && isHBAMethod(fields[2].text()) {
			return rule, fmt.Errorf("%w; the address is missing, which is what Flux makes of a ${podselector:NAME} written without a second $", problem)
		}
		return rule, problem
	}
	rest := fields[2:]
	if kind != "local" {
		rule.address, rest = &rest[0], rest[1:]
		if needsMask(*rule.address) {
			if len(rest) < 2 {
				return rule, fmt.Errorf("address %q has no mask: write it as %s/32 for one host, or with a mask in the next field", rule.address.text(), rule.address.text())
			}
			rule.mask, rest = rest[0].text(), rest[1:]
		}
	}
	if len(rest[0]) != 1 {
		return rule, errors.New("has a list where the authentication method stands: name one")
	}
	rule.method, rule.options = rest[0].text(), rest[1:]
	return rule, nil
}

// needsMask tells a lone IP address, which needs a mask, from a host name.
func needsMask(address hbaField) bool {
	if address[0].quoted || strings.Contains(address.text(), "/") {
		return false
	}
	_, err := netip.ParseAddr(address.text())
	return err == nil
}

func checkHBAAddress(field hbaField, mask string) error {
	address := field.text()
	if len(field) != 1 {
		return fmt.Errorf("address %q is a list: write a rule for each", address)
	}
	if mask != "" {
		ip, _ := netip.ParseAddr(address)
		m, err := netip.ParseAddr(mask)
		if err != nil || m.Is4() != ip.Is4() {
			return fmt.Errorf("mask %q does not fit the address %s", mask, address)
		}
		return nil
	}
	if field[0].quoted {
		return nil // a host name even if it reads all, samehost or samenet
	}
	if strings.Contains(address, "${") {
		return nil // becomes addresses with their mask
	}
	if host, bits, found := strings.Cut(address, "/"); found {
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return fmt.Errorf("address %q has a prefix length behind something that is no IP address", address)
		}
		n, ok := parsePrefix(bits)
		if !ok || n > ip.BitLen() {
			return fmt.Errorf("address %q: the prefix length is a number from 0 to %d", address, ip.BitLen())
		}
	}
	return nil
}

// parsePrefix reads a prefix length of up to three digits.
func parsePrefix(bits string) (int, bool) {
	if bits == "" || len(bits) > 3 || !allDigits(bits) {
		return 0, false
	}
	n := 0
	for i := range len(bits) {
		n = n*10 + int(bits[i]-'0')
	}
	return n, true
}

// checkSelectors checks the ${podselector:NAME} in a line.
func checkSelectors(fields []hbaField, selectors []string) error {
	count := 0
	for position, field := range fields {
		for _, item := range field {
			rest := item.value
			for {
				_, after, found := strings.Cut(rest, "${")
				if !found {
					break
				}
				reference, remainder, closed := strings.Cut(after, "}")
				if !closed {
					return fmt.Errorf("has a ${ without its closing brace")
				}
				rest = remainder
				if err := checkSelector(reference, selectors); err != nil {
					return err
				}
				if position != 3 || item.value != "${"+reference+"}" {
					return fmt.Errorf("${%s} does not stand alone where the address does", reference)
				}
				count++
			}
		}
	}
	if count > 1 {
		return errors.New("has more than one ${podselector:NAME}: write a rule for each")
	}
	return nil
}

func checkSelector(reference string, selectors []string) error {
	kind, name, _ := strings.Cut(reference, ":")
	if kind != "podselector" || name == "" {
		return fmt.Errorf("has ${%s}, and only ${podselector:NAME} is known", reference)
	}
	for _, s := range selectors {
		if s == name {
			return nil
		}
	}
	return fmt.Errorf("${podselector:%s} names no entry of podSelectorRefs: add one of that name", name)
}
