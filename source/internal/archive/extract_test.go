package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var small = Limits{Archive: 1 << 20, Tree: 1 << 20, File: 64 << 10, Entries: 100}

// entry is one entry of an archive to make; a regular file unless flag says otherwise.
type entry struct {
	name, content, link string
	flag                byte
	mode                int64
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		if e.flag == 0 {
			e.flag = tar.TypeReg
		}
		if e.mode == 0 {
			e.mode = 0o644
		}
		header := &tar.Header{Name: e.name, Typeflag: e.flag, Linkname: e.link, Mode: e.mode, Size: int64(len(e.content))}
		if e.flag == tar.TypeXGlobalHeader {
			header = &tar.Header{Typeflag: e.flag, PAXRecords: map[string]string{"comment": "0123"}}
		}
		require.NoError(t, archive.WriteHeader(header))
		_, err := archive.Write([]byte(e.content))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, compressed.Close())
	return out.Bytes()
}

// extract takes an archive apart in a directory that has a neighbour, and tells what the directory holds.
func extract(t *testing.T, archive []byte, limits Limits) (tree map[string]string, err error) {
	t.Helper()
	parent := t.TempDir()
	neighbour := filepath.Join(parent, "neighbour")
	require.NoError(t, os.WriteFile(neighbour, []byte("untouched"), 0o600))
	dir := filepath.Join(parent, "tree")
	require.NoError(t, os.Mkdir(dir, 0o700))
	err = Extract(t.Context(), bytes.NewReader(archive), dir, limits)

	content, readErr := os.ReadFile(neighbour)
	require.NoError(t, readErr)
	require.Equal(t, "untouched", string(content))
	around, readErr := os.ReadDir(parent)
	require.NoError(t, readErr)
	require.Len(t, around, 2, "nothing appears beside the tree")

	tree = map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		require.Zero(t, d.Type()&^fs.ModeDir, "%s is a directory or a regular file", path)
		if d.Type().IsRegular() {
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			name, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			tree[name] = string(content)
		}
		return nil
	}))
	return tree, err
}

func TestExtract(t *testing.T) {
	tree, err := extract(t, pack(t,
		entry{flag: tar.TypeXGlobalHeader},
		entry{name: "./", flag: tar.TypeDir, mode: 0o755},
		entry{name: "./clusters/", flag: tar.TypeDir},
		entry{name: "./clusters/app.yaml", content: "kind: PostgresApp\n"},
		entry{name: "deep/without/its/directories.txt", content: "found"},
		entry{name: "clusters/.sops.yaml", content: "kept"},
		entry{name: "clusters/link.yaml", flag: tar.TypeSymlink, link: "../clusters/app.yaml"},
		entry{name: "empty", content: ""},
		entry{name: strings.Repeat("long/", 40) + "name", content: "of more than 100 bytes"},
	), small)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"clusters/app.yaml":                  "kind: PostgresApp\n",
		"deep/without/its/directories.txt":   "found",
		"clusters/.sops.yaml":                "kept",
		"empty":                              "",
		strings.Repeat("long/", 40) + "name": "of more than 100 bytes",
	}, tree, "links within the tree are left out, as Flux leaves them out")
}

func TestRunBitIsKept(t *testing.T) {
	dir := t.TempDir()
	archive := pack(t, entry{name: "run.sh", mode: 0o755}, entry{name: "read.txt", mode: 0o6644})
	require.NoError(t, Extract(t.Context(), bytes.NewReader(archive), dir, small))
	for name, mode := range map[string]fs.FileMode{"run.sh": 0o700, "read.txt": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode(), name)
	}
}

func TestExtractRefuses(t *testing.T) {
	var numbers strings.Builder
	for i := range 5000 {
		fmt.Fprintln(&numbers, i*i)
	}
	whole := pack(t, entry{name: "a", content: numbers.String()})
	for name, c := range map[string]struct {
		archive []byte
		says    string
	}{
		"no archive":           {[]byte("kind: ConfigMap"), "not a gzip-compressed tar archive: gzip: invalid header"},
		"nothing":              {nil, "not a gzip-compressed tar archive: EOF"},
		"half an archive":      {whole[:len(whole)/2], "not a whole tar archive: \"a\": unexpected EOF"},
		"an upward path":       {pack(t, entry{name: "../neighbour", content: "changed"}), `the path "../neighbour" leads upwards`},
		"upwards in between":   {pack(t, entry{name: "a/../../neighbour"}), `the path "a/../../neighbour" leads upwards`},
		"upwards and back":     {pack(t, entry{name: "a/../b"}), `the path "a/../b" leads upwards`},
		"an absolute path":     {pack(t, entry{name: "/etc/passwd"}), `the path "/etc/passwd" is absolute`},
		"a Windows path":       {pack(t, entry{name: `..\neighbour`}), `the path "..\\neighbour" is not one that every system reads alike`},
		"a long path":          {pack(t, entry{name: strings.Repeat("a/", 1100) + "f"}), "is longer than 2048 bytes"},
		"a link upwards":       {pack(t, entry{name: "a", flag: tar.TypeSymlink, link: "../neighbour"}), `"a" is a link to "../neighbour", outside of the tree`},
		"a link far upwards":   {pack(t, entry{name: "a/b", flag: tar.TypeSymlink, link: "../../neighbour"}), "outside of the tree"},
		"a link to the root":   {pack(t, entry{name: "a", flag: tar.TypeSymlink, link: "/etc"}), `"a" is a link to "/etc", outside of the tree`},
		"a hard link":          {pack(t, entry{name: "a", flag: tar.TypeLink, link: "../neighbour"}), `"a" is neither a file nor a directory, but a hard link`},
		"a device":             {pack(t, entry{name: "null", flag: tar.TypeChar}), `"null" is neither a file nor a directory, but a device`},
		"a disk":               {pack(t, entry{name: "sda", flag: tar.TypeBlock}), "but a device"},
		"a pipe":               {pack(t, entry{name: "pipe", flag: tar.TypeFifo}), "but a named pipe"},
		"a file twice":         {pack(t, entry{name: "a"}, entry{name: "./a"}), `"./a" is in it twice`},
		"a file as directory":  {pack(t, entry{name: "a"}, entry{name: "a/b"}), `"a" is in it as a file and as a directory`},
		"a directory as file":  {pack(t, entry{name: "a/b"}, entry{name: "a"}), `"a" is in it as a file and as a directory`},
		"a directory and file": {pack(t, entry{name: "a"}, entry{name: "a", flag: tar.TypeDir}), `"a" is in it as a file and as a directory`},
		"a huge manifest":      {pack(t, entry{name: "a.yaml", content: strings.Repeat("a", 65<<10)}), `"a.yaml" has 66560 bytes, and a manifest may have 65536`},
		"a huge Kustomization": {pack(t, entry{name: "Kustomization", content: strings.Repeat("a", 65<<10)}), `a manifest may have 65536`},
		"a bomb":               {pack(t, entry{name: "zeros", content: strings.Repeat("\x00", 2<<20)}), "holds more than 1048576 bytes uncompressed"},
		"many bombs":           {pack(t, entry{name: "1", content: strings.Repeat("0", 600<<10)}, entry{name: "2", content: strings.Repeat("0", 600<<10)}), "holds more than 1048576 bytes uncompressed"},
		"deep directories":     {pack(t, entry{name: strings.Repeat("a/", 60) + "f"}, entry{name: strings.Repeat("b/", 60) + "f"}), "holds more than 100 files and directories"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := extract(t, c.archive, small)
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			assert.ErrorContains(t, err, c.says)
			assert.Less(t, len(err.Error()), 600, "a message stays short whatever the archive says")
		})
	}
}

// TestManyFiles gives up at the limit, long before the end.
func TestManyFiles(t *testing.T) {
	var entries []entry
	for i := range 100_000 {
		entries = append(entries, entry{name: fmt.Sprintf("f%d.txt", i)})
	}
	limits := DefaultLimits
	limits.Entries = 1000
	tree, err := extract(t, pack(t, entries...), limits)
	assert.ErrorContains(t, err, "holds more than 1000 files and directories")
	assert.Len(t, tree, 1000)
	assert.Less(t, DefaultLimits.Entries, 100_000)
}

// TestBombTakesNoMemory extracts an archive that is a thousand times larger outside than inside.
func TestBombTakesNoMemory(t *testing.T) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	const size = 256 << 20
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: "zeros", Mode: 0o644, Size: size}))
	block := make([]byte, 1<<20)
	for range size >> 20 {
		_, err := archive.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, compressed.Close())
	require.Less(t, out.Len(), size/500)

	limits := small
	limits.Tree = size / 2
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := extract(t, out.Bytes(), limits)
	runtime.ReadMemStats(&after)
	assert.ErrorContains(t, err, "holds more than 134217728 bytes uncompressed")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}

// TestHeadersAreBounded proves that an archive of headers alone, which no entry announces, ends too.
func TestHeadersAreBounded(t *testing.T) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	block := make([]byte, 1<<20)
	copy(block, pax(t))
	for range 8 {
		_, err := compressed.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, compressed.Close())
	_, err := extract(t, out.Bytes(), small)
	var refused *Refused
	assert.ErrorAs(t, err, &refused)
}

// pax is a header that says that a long name follows.
func pax(t *testing.T) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "x", Typeflag: tar.TypeReg, Mode: 0o600}))
	header := out.Bytes()[:512]
	header[156] = 'L'
	copy(header[124:136], "00003776000\x00") // one block less than a mebibyte
	copy(header[148:156], "        ")
	sum := 0
	for _, b := range header {
		sum += int(b)
	}
	copy(header[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return header
}

func FuzzExtract(f *testing.F) {
	f.Add(pack(f, entry{name: "a/b.yaml", content: "a: b"}, entry{name: "c", flag: tar.TypeSymlink, link: "a"}))
	f.Add(pack(f, entry{name: "../a", content: "a"}))
	f.Fuzz(func(t *testing.T, archive []byte) {
		parent := t.TempDir()
		dir := filepath.Join(parent, "tree")
		require.NoError(t, os.Mkdir(dir, 0o700))
		_ = Extract(t.Context(), bytes.NewReader(archive), dir, small)
		around, err := os.ReadDir(parent)
		require.NoError(t, err)
		require.Len(t, around, 1)
	})
}
