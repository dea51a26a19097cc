package storage

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"edgeclr/storage/boltfile"
)

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"disk full", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, ErrFull},
		{"quota", syscall.EDQUOT, ErrFull},
		{"as bbolt tells it", fmt.Errorf("file resize error: %s", syscall.ENOSPC), ErrFull},
		{"permission", &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, ErrUnwritable},
		{"read-only file system", syscall.EROFS, ErrUnwritable},
		{"cancelled", context.Canceled, context.Canceled},
		{"kept", &CorruptError{Detail: "x"}, ErrCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := classify("op", "/path", tt.err)
			wantErr(t, err, tt.want)
			if again := classify("other", "/other", err); again != err {
				t.Errorf("classified twice: %v", again)
			}
		})
	}
	if classify("op", "p", nil) != nil {
		t.Error("nil became an error")
	}
}

func TestErrorTexts(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&InUseError{Dir: "/d", PID: 7, Command: "edgeclr run"}, "store in use: /d is held by process 7 (edgeclr run)"},
		{&InUseError{Dir: "/d"}, "store in use: /d is held by another edgeclr process; try again in a moment"},
		{corrupt(bucketVectors, vectorKey(2, 9), "checksum differs"), "store is damaged: vectors c2/9: checksum differs"},
		{corrupt(bucketFiles, fileKey("dir:/a", "x\n"), "bad"), `store is damaged: files "dir:/a\x00x\n": bad`},
		{fileDamage(boltfile.DamageError("page 4")), "store is damaged: page 4"},
		{&Error{Op: "open store", Path: "/d", Err: ErrLost, Hint: "mount it"}, "open store /d: store lost; mount it"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if got := FrameID(12).String(); got != "12" {
		t.Errorf("frame %q", got)
	}
}
