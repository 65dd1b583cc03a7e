// SPDX-License-Identifier: Apache-2.0

// Judges logs made by packages/tlog with the Go implementations that others use: Tessera's fsck and client,
// golang.org/x/mod/sumdb/{note,tlog}, transparency-dev/{merkle,formats}. Each check has a control that must fail.
// Arguments: the folder that make-logs.ts filled, and a file to put notes of our own into for ours to open.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	f_witness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"k8s.io/klog/v2"
)

const origin = "log.example/judged"

var ctx = context.Background()

type inclusion struct {
	Index  uint64   `json:"index"`
	Leaf   string   `json:"leaf"`
	Hashes []string `json:"hashes"`
}

type consistency struct {
	Old    uint64   `json:"old"`
	Root   string   `json:"root"`
	Hashes []string `json:"hashes"`
}

type proofs struct {
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

func must[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

func check(ok bool, format string, args ...any) {
	if !ok {
		fmt.Fprintf(os.Stderr, "FAILED: "+format+"\n", args...)
		os.Exit(1)
	}
}

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	folder := os.Args[1]
	log := must(note.NewVerifier(read(folder, "log.vkey")))
	policy := must(f_witness.ParsePolicy([]byte(read(folder, "policy"))))
	for _, size := range []string{"1", "2", "255", "256", "257", "700", "70000"} {
		judge(filepath.Join(folder, size), log, witnesses(folder), policy)
	}
	judgeTrail(filepath.Join(folder, "trail"), log)
	signForThem(os.Args[2])
}

func read(parts ...string) string {
	return string(must(os.ReadFile(filepath.Join(parts...))))
}

func witnesses(folder string) []note.Verifier {
	var all []note.Verifier
	for i := range 3 {
		all = append(all, must(f_note.NewVerifierForCosignatureV1(read(folder, fmt.Sprintf("witness%d.vkey", i)))))
	}
	return all
}

func judge(dir string, log note.Verifier, witnesses []note.Verifier, policy f_witness.Group) {
	raw := []byte(read(dir, "checkpoint"))
	cp, _, opened, err := f_log.ParseCheckpoint(raw, origin, log, witnesses...)
	check(err == nil, "%s: checkpoint: %v", dir, err)
	check(len(opened.Sigs) == 3, "%s: %d of 3 signatures verified", dir, len(opened.Sigs))
	for i, sig := range opened.Sigs[1:] {
		at := must(f_note.CoSigV1Timestamp(sig)).Unix()
		check(at == int64(1_700_000_000+i), "%s: cosigned at %d", dir, at)
	}
	check(policy.Satisfied(raw), "%s: two of three witnesses are not enough", dir)
	check(!policy.Satisfied([]byte(read(dir, "checkpoint-of-one-witness"))), "%s: one witness is enough", dir)
	_, err = note.Open(bytes.Replace(raw, []byte("judged\n"), []byte("Judged\n"), 1), note.VerifierList(log))
	check(err != nil, "%s: a changed checkpoint opens", dir)

	must(0, fsckOf(dir, log))
	controls := fsckControls(dir, log, cp.Size)
	n := judgeProofs(dir, cp)
	fmt.Printf("ok: size %6d: checkpoint, cosignatures, policy; fsck, and %d changed files found; %d proofs\n", cp.Size, controls, n)
}

// judgeTrail looks at what a notary made of a trail: the same files, with other objects around them.
func judgeTrail(dir string, log note.Verifier) {
	cp, _, _, err := f_log.ParseCheckpoint([]byte(read(dir, "checkpoint")), origin, log)
	check(err == nil, "%s: checkpoint: %v", dir, err)
	must(0, fsckOf(dir, log))
	controls := fsckControls(dir, log, cp.Size)
	fmt.Printf("ok: a notary's log of %d entries: fsck, and %d changed files found\n", cp.Size, controls)
}

func fsckOf(dir string, log note.Verifier) error {
	// A worker that finds a difference ends, and with none left fsck v1.0.4 waits for ever: more than can differ.
	return fsck.New(origin, log, client.FileFetcher{Root: dir}, leafHashes, fsck.Opts{N: 16}).Check(ctx)
}

func leafHashes(bundle []byte) ([][]byte, error) {
	entries := api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

// fsckControls changes one byte of the first and the last file of each kind that the tree needs: fsck must find it.
func fsckControls(dir string, log note.Verifier, size uint64) int {
	paths := map[string]int{layout.CheckpointPath: len(origin)}
	for level := uint64(0); size>>(8*level) > 0; level++ {
		for _, index := range []uint64{0, (size>>(8*level) - 1) / 256} {
			width := layout.PartialTileSize(level, index, size)
			paths[layout.TilePath(level, index, width)] = 5
			if level == 0 {
				paths[layout.EntriesPath(index, width)] = 5
			}
		}
	}
	for name, at := range paths {
		path := filepath.Join(dir, name)
		bytes := must(os.ReadFile(path))
		bytes[at] ^= 1
		must(0, os.WriteFile(path, bytes, 0o644))
		check(fsckOf(dir, log) != nil, "%s was changed and fsck says nothing", path)
		bytes[at] ^= 1
		must(0, os.WriteFile(path, bytes, 0o644))
	}
	return len(paths)
}

func judgeProofs(dir string, cp *f_log.Checkpoint) int {
	var ours proofs
	must(0, json.Unmarshal([]byte(read(dir, "proofs.json")), &ours))
	builder := must(client.NewProofBuilder(ctx, cp.Size, client.FileFetcher{Root: dir}.ReadTile))
	root := tlog.Hash(cp.Hash)
	size := int64(cp.Size)

	for _, p := range ours.Inclusion {
		hashes, leaf := decode(p.Hashes), decode([]string{p.Leaf})[0]
		same(dir, must(builder.InclusionProof(ctx, p.Index)), hashes)
		must(0, proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, cp.Size, leaf, hashes, cp.Hash))
		must(0, tlog.CheckRecord(tlog.RecordProof(toHashes(hashes)), size, root, int64(p.Index), tlog.Hash(leaf)))
		leaf[0] ^= 1
		check(tlog.CheckRecord(tlog.RecordProof(toHashes(hashes)), size, root, int64(p.Index), tlog.Hash(leaf)) != nil,
			"%s: another leaf is included", dir)
		judgeProofFile(filepath.Join(dir, fmt.Sprintf("%d.tlog-proof", p.Index)), p, read(dir, "checkpoint"))
	}
	for _, p := range ours.Consistency {
		hashes, old := decode(p.Hashes), decode([]string{p.Root})[0]
		same(dir, must(builder.ConsistencyProof(ctx, p.Old, cp.Size)), hashes)
		must(0, proof.VerifyConsistency(rfc6962.DefaultHasher, p.Old, cp.Size, hashes, old, cp.Hash))
		must(0, tlog.CheckTree(tlog.TreeProof(toHashes(hashes)), size, root, int64(p.Old), tlog.Hash(old)))
		old[0] ^= 1
		check(tlog.CheckTree(tlog.TreeProof(toHashes(hashes)), size, root, int64(p.Old), tlog.Hash(old)) != nil,
			"%s: another tree is continued", dir)
	}
	return len(ours.Inclusion) + len(ours.Consistency)
}

func judgeProofFile(path string, want inclusion, checkpoint string) {
	raw := must(os.ReadFile(path))
	var parsed f_proof.TLogProof
	must(0, parsed.Unmarshal(raw))
	check(parsed.Index == want.Index && string(parsed.Checkpoint) == checkpoint, "%s: other content", path)
	var hashes [][]byte
	for _, hash := range parsed.Hashes {
		hashes = append(hashes, hash[:])
	}
	same(path, hashes, decode(want.Hashes))
	check(bytes.Equal(parsed.Marshal(), raw), "%s: would be written otherwise", path)
}

func decode(hexes []string) [][]byte {
	var all [][]byte
	for _, h := range hexes {
		all = append(all, must(hex.DecodeString(h)))
	}
	return all
}

func toHashes(all [][]byte) []tlog.Hash {
	var hashes []tlog.Hash
	for _, h := range all {
		hashes = append(hashes, tlog.Hash(h))
	}
	return hashes
}

func same(what string, a, b [][]byte) {
	check(bytes.Equal(bytes.Join(a, nil), bytes.Join(b, nil)), "%s: proofs differ", what)
}

// signForThem writes notes signed and cosigned with fresh keys.
func signForThem(path string) {
	var all []map[string]string
	for i := range 20 {
		skey, vkey, err := note.GenerateKey(rand.Reader, fmt.Sprintf("go%d.example/足跡", i))
		check(err == nil, "%v", err)
		wskey, wvkey, err := note.GenerateKey(rand.Reader, "witness.example")
		check(err == nil, "%v", err)
		signers := []note.Signer{must(note.NewSigner(skey)), must(f_note.NewSignerForCosignatureV1(wskey))}
		text := fmt.Sprintf("go%d.example\n%d\n%s\n", i, i, strings.Repeat("é", i))
		signed := must(note.Sign(&note.Note{Text: text}, signers...))
		all = append(all, map[string]string{
			"skey": skey, "vkey": vkey, "witness": must(f_note.VKeyToCosignatureV1(wvkey)), "note": string(signed),
		})
	}
	must(0, os.WriteFile(path, must(json.Marshal(all)), 0o600))
}
