package tune

import "fmt"

// walShareOfDataMax: a warning is due when the WAL may take more than half of a
// data volume it shares with the tables. Parameters takes a quarter; the gap
// leaves users room to choose. Judgement.
const walShareOfDataMax = 2

func (b *budget) checkWAL() {
	b.checkWALBounds()
	b.checkSlotUpgrade()

	volume, what, room := b.WALBytes, "WAL volume", b.WALBytes
	if b.WALBytes == 0 {
		volume, what, room = b.DataBytes, "data volume, which also holds the WAL", b.DataBytes/walShareOfDataMax
	}
	if volume == 0 || !b.checkWALFits(volume, what) {
		return
	}

	// Slots without a bound are reported on their own.
	checkpoints, kept, slots := b.number("max_wal_size"), b.number("wal_keep_size"), b.number("max_slot_wal_keep_size")
	sum := checkpoints + kept + max(slots, 0)
	if sum <= room {
		return
	}
	share, enough := "", sum
	if room < volume {
		share, enough = "half of ", sum*walShareOfDataMax
	}
	b.add(Warning, fmt.Sprintf(
		"max_wal_size %s, wal_keep_size %s and max_slot_wal_keep_size %s may take %s, more than %sthe %s %s; lower them or enlarge the volume to %s",
		b.text("max_wal_size"), b.text("wal_keep_size"), b.text("max_slot_wal_keep_size"), formatSize(sum),
		share, formatQuantity(volume), what, formatQuantity(enough)),
		"max_wal_size", "max_slot_wal_keep_size", "wal_keep_size")
}

// checkWALBounds compares min_wal_size and max_wal_size with each other, which
// CloudNativePG does, and with two segments, which PostgreSQL does.
func (b *budget) checkWALBounds() {
	least, most := b.number("min_wal_size"), b.number("max_wal_size")
	if least >= most {
		b.add(Error, fmt.Sprintf(
			"min_wal_size %s is not less than max_wal_size %s, which CloudNativePG refuses; set both, with min_wal_size at a quarter of max_wal_size",
			formatSize(least), formatSize(most)), "min_wal_size", "max_wal_size")
	}
	for _, name := range []string{"min_wal_size", "max_wal_size"} {
		if size := b.number(name); size < minWALMin {
			b.add(Error, fmt.Sprintf(
				"%s %s is less than two WAL segments of 16MB, with which PostgreSQL does not start; set it to %s or more",
				name, formatSize(size), formatSize(minWALMin)), name)
		}
	}
}

// checkSlotUpgrade finds what would keep PostgreSQL from a major upgrade, and
// slots that the user has left without a bound.
func (b *budget) checkSlotUpgrade() {
	const name = "max_slot_wal_keep_size"
	slots := b.number(name)
	if b.breaksUpgrade() && slots != -1 {
		b.add(Warning, fmt.Sprintf(
			"max_slot_wal_keep_size is %s, with which PostgreSQL 17.%d cannot be upgraded to a later major version; move to 17.6 or set it to -1",
			b.text(name), b.Minor), name)
	}
	if _, ok := b.params[name]; ok && slots == -1 && !b.breaksUpgrade() {
		b.add(Warning, "max_slot_wal_keep_size is -1: the slot of a lost standby keeps WAL until the volume is full; set a size such as two fifths of the WAL volume", name)
	}
}

// checkWALFits compares each size with the whole volume, and reports whether the
// sum is still worth checking.
func (b *budget) checkWALFits(volume int64, what string) bool {
	fits := true
	for _, name := range []string{"max_wal_size", "min_wal_size", "wal_keep_size"} {
		if size := b.number(name); size >= volume {
			b.add(Error, fmt.Sprintf("%s %s fills the %s %s; lower it or enlarge the volume",
				name, formatSize(size), formatQuantity(volume), what), name)
			fits = false
		}
	}
	return fits
}
