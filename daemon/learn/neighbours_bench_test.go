package learn

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/model/weights"
)

// teacherVariable names a .tflite file that BenchmarkNeighbours compares with the
// pretrained encoder.
const teacherVariable = "EDGECLR_TEST_TEACHER"

// BenchmarkNeighbours reports how good the neighbours are that learning would begin with,
// on folders of classes under $EDGECLR_SHARED/data, by the pretrained encoder at several
// sizes, and by a teacher:
//
//   - purity: the share of pairs of neighbours that are of one class;
//   - covered: the share of pictures that have a neighbour.
//
// Training never sees these classes. The time is that of the search alone.
//
//	go test ./daemon/learn -run '^$' -bench Neighbours -benchtime 1x
func BenchmarkNeighbours(b *testing.B) {
	cfg := config.Default()
	cfg.Model.Weights = knownWeights
	set, _, err := serving.Pretrained(cfg)
	if err != nil {
		b.Skip(err)
	}
	var encoders []blend.Encoder
	names := []string{"96px", "160px", "224px"}
	for _, size := range []int{96, 160, 224} {
		e, err := (&blend.Opener{}).Open(b.Context(), blend.Identity{Arch: cfg.Model.Arch, Size: size},
			blend.Halves{Adapted: func() (weights.Set, error) { return set, nil }})
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		encoders = append(encoders, e)
	}
	compared := [][]int{{0}, {1}, {2}, {0, 2}}
	if path := os.Getenv(teacherVariable); path != "" {
		teacher := openTeacherFile(b, path)
		defer teacher.Close()
		encoders, names = append(encoders, teacher), append(names, "teacher")
		compared = append(compared, []int{3}, []int{2, 3}, []int{0, 2, 3})
	}
	for _, folder := range []string{"clothing", "trashnet", "eurosat"} {
		b.Run(folder, func(b *testing.B) {
			files, err := filepath.Glob(filepath.Join(os.Getenv("EDGECLR_SHARED"), "data", folder, "*", "*"))
			if err != nil || len(files) == 0 {
				b.Skipf("no pictures in %s of $EDGECLR_SHARED, %v", folder, err)
			}
			sets := embedFiles(b, encoders, files)
			for _, places := range compared {
				var chosen vectorSets
				var of []string
				for _, at := range places {
					chosen, of = append(chosen, sets[at]), append(of, names[at])
				}
				b.Run(strings.Join(of, "+"), func(b *testing.B) { reportNeighbours(b, files, chosen) })
			}
		})
	}
}

func openTeacherFile(b *testing.B, path string) *blend.Embedder {
	b.Helper()
	cfg := config.Default()
	cfg.Learn.Teacher = path
	file, err := serving.ReadEncoderFile(cfg.TeacherFile())
	if err != nil {
		b.Fatal(err)
	}
	teacher, err := (&blend.Opener{}).OpenFile(b.Context(), file.EncoderFile, path)
	if err != nil {
		b.Fatal(err)
	}
	return teacher
}

// embedFiles embeds the pictures in files by each encoder. The id of a picture is its place.
func embedFiles(b *testing.B, encoders []blend.Encoder, files []string) vectorSets {
	b.Helper()
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	limits := config.Default().Limits
	f := &folder{decoder: &decode.Decoder{JPEG: jpeg, Limits: decode.Limits{MaxBytes: int64(limits.FileBytes), MaxPixels: limits.Pixels}}, side: leastSmallSide, files: files}
	ids := make([]uint64, len(files))
	for i := range ids {
		ids[i] = uint64(i)
	}
	sets, err := embedAll(b.Context(), encoders, ids, f.load, func(int) bool { return false })
	if err != nil {
		b.Fatal(err)
	}
	return sets
}

// reportNeighbours finds the neighbours by these vectors, and reports how many pairs are in
// one folder.
func reportNeighbours(b *testing.B, files []string, sets vectorSets) {
	s := neighbourSearch{K: config.Default().Learn.Neighbours, Vectors: func(_ context.Context, ids []uint64) (vectorSets, error) {
		group := make(vectorSets, len(sets))
		for e, set := range sets {
			for _, id := range ids {
				group[e] = append(group[e], set[id])
			}
		}
		return group, nil
	}}
	for i := range files {
		s.IDs = append(s.IDs, uint64(i))
	}
	for _, set := range sets {
		s.Dim += len(meanVector(set))
	}
	var found neighbours
	for b.Loop() {
		var err error
		if found, err = s.find(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	pairs, same := 0, 0
	for pair := range found.alike {
		pairs++
		if filepath.Dir(files[pair[0]]) == filepath.Dir(files[pair[1]]) {
			same++
		}
	}
	b.ReportMetric(float64(same)/float64(pairs), "purity")
	b.ReportMetric(float64(len(found.second))/float64(len(files)), "covered")
	b.ReportMetric(float64(pairs), "pairs")
	if pairs == 0 {
		b.Errorf("no neighbours among %d pictures", len(files))
	}
}
