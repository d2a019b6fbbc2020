package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// wording gives the new text of a question: of --text, of the standard input, or of an editor; false if the editor
// left it as it was.
func (m *moderation) wording(ctx context.Context, q domain.Question, f decideFlags) (text string, changed bool, err error) {
	switch {
	case f.text == "-":
		// A little more than is allowed, so that too much is told and not cut.
		raw, err := io.ReadAll(io.LimitReader(m.app.in, 8*store.MaxEdit))
		if err != nil {
			return "", false, fmt.Errorf("read the new wording: %w", err)
		}
		text = string(raw)
	case f.text != "":
		text = f.text
	case m.app.atKeyboard():
		before, err := m.startingText(ctx, q)
		if err != nil {
			return "", false, err
		}
		if text, err = m.app.compose(ctx, before); err != nil {
			return "", false, err
		}
		if oneLine(text) == oneLine(before) {
			return "", false, nil
		}
	default:
		return "", false, usagef(`the new wording is missing: --text "…", or --text - to read it from standard input`)
	}
	if strings.TrimSpace(text) == "" {
		return "", false, usagef("the new wording is empty; dismiss hides a question")
	}
	return text, true, nil
}

// startingText is what the editor begins with: masked, as everything that is shown.
func (m *moderation) startingText(ctx context.Context, q domain.Question) (string, error) {
	if q.Text == "" { // an edit whose words went when the question was gone
		var err error
		if q, err = m.store.Original(ctx, q.Session, q.ID); err != nil {
			return "", err
		}
	}
	return masked(q.Text), nil
}

func masked(s string) string { return protect.Mask(protect.NotReadable(s)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// atKeyboard says that somebody types.
func (a *app) atKeyboard() bool {
	f, ok := a.in.(*os.File)
	return ok && isTerminal(f)
}

// compose lets the moderator's editor change a text.
func (a *app) compose(ctx context.Context, text string) (string, error) {
	editor := ""
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if v, ok := a.getenv(name); ok && editor == "" {
			editor = strings.TrimSpace(v)
		}
	}
	if editor == "" {
		return "", withHint(errors.New("no editor is set"), `set EDITOR, or give the new wording with --text "…"`)
	}
	folder, err := os.MkdirTemp("", "askahead-edit-") // readable by its owner alone
	if err != nil {
		return "", fmt.Errorf("make a file to edit: %w", err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "question.txt")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("make a file to edit: %w", err)
	}
	// By the shell, since EDITOR may hold arguments.
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "askahead", path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	if err := cmd.Run(); err != nil {
		return "", withHint(fmt.Errorf("the editor %q: %w", editor, err), "nothing was recorded")
	}
	edited, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read what was edited: %w", err)
	}
	return string(edited), nil
}
