package tflite_test

import (
	"encoding/json"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/tflite"
	"edgeclr/tflite/internal/metadata"
	"edgeclr/tflite/internal/schema"
)

// metadataOf finds the tables by the name that MediaPipe looks for.
func metadataOf(t *testing.T, file []byte) *metadata.ModelMetadata {
	t.Helper()
	m, entry, buffer := schema.GetRootAsModel(file, 0), new(schema.Metadata), new(schema.Buffer)
	if m.MetadataLength() != 1 || !m.Metadata(entry, 0) || string(entry.Name()) != "TFLITE_METADATA" || !m.Buffers(buffer, int(entry.Buffer())) {
		t.Fatalf("%d entries, the first %q", m.MetadataLength(), entry.Name())
	}
	data := buffer.DataBytes()
	if string(data[4:8]) != "M001" {
		t.Fatalf("identifier %q", data[4:8])
	}
	return metadata.GetRootAsModelMetadata(data, 0)
}

// The metadata say what the file is, what goes in and what comes out.
func TestMetadata(t *testing.T) {
	m := tinyVariants(t)["tiny_map"]
	m.Info = tflite.Info{Name: "EdgeCLR tiny", Checkpoint: "c7", Blend: "average", License: "Apache-2.0", Description: "Trained on bolts."}
	about := metadataOf(t, encode(t, m))
	text := string(about.Description())
	for _, part := range []string{"tiny at 33 px, float", "checkpoint c7", "blend average", "Trained on bolts.", "cut out the centre square"} {
		if !strings.Contains(text, part) {
			t.Errorf("the description has no %q: %s", part, text)
		}
	}
	if string(about.Name()) != "EdgeCLR tiny" || string(about.Version()) != "c7" || string(about.License()) != "Apache-2.0" ||
		string(about.MinParserVersion()) != "1.5.0" || about.SubgraphMetadataLength() != 1 {
		t.Errorf("name %q, version %q, licence %q, parser %q", about.Name(), about.Version(), about.License(), about.MinParserVersion())
	}
	graph := new(metadata.SubGraphMetadata)
	about.SubgraphMetadata(graph, 0)
	if graph.InputTensorMetadataLength() != 1 || graph.OutputTensorMetadataLength() != 2 || graph.CustomMetadataLength() != 1 {
		t.Fatalf("%d inputs, %d outputs, %d custom", graph.InputTensorMetadataLength(), graph.OutputTensorMetadataLength(), graph.CustomMetadataLength())
	}
	checkImage(t, graph)
	output := new(metadata.TensorMetadata)
	for i, name := range []string{"embedding", "map"} {
		graph.OutputTensorMetadata(output, i)
		if string(output.Name()) != name || output.Content(nil).ContentPropertiesType() != metadata.ContentPropertiesFeatureProperties {
			t.Errorf("output %d is %q", i, output.Name())
		}
	}
	custom := new(metadata.CustomMetadata)
	graph.CustomMetadata(custom, 0)
	var got map[string]any
	if err := json.Unmarshal(custom.DataBytes(), &got); err != nil || string(custom.Name()) != "edgeclr" {
		t.Fatalf("%q: %v", custom.Name(), err)
	}
	for key, want := range map[string]any{"architecture": "tiny", "checkpoint": "c7", "blend": "average", "size": 33.0, "precision": "float", "map": "depthwise"} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
}

// checkImage checks the input: RGB, and pixels that need no normalisation. MediaPipe takes
// one value for all channels alone.
func checkImage(t *testing.T, graph *metadata.SubGraphMetadata) {
	t.Helper()
	input, unit, table := new(metadata.TensorMetadata), new(metadata.ProcessUnit), new(flatbuffers.Table)
	graph.InputTensorMetadata(input, 0)
	var image metadata.ImageProperties
	input.Content(nil).ContentProperties(table)
	image.Init(table.Bytes, table.Pos)
	size := image.DefaultSize(nil)
	if string(input.Name()) != "image" || image.ColorSpace() != metadata.ColorSpaceTypeRGB || size.Width() != 33 || size.Height() != 33 {
		t.Errorf("input %q: %v, %d x %d", input.Name(), image.ColorSpace(), size.Width(), size.Height())
	}
	var options metadata.NormalizationOptions
	input.ProcessUnits(unit, 0)
	unit.Options(table)
	options.Init(table.Bytes, table.Pos)
	if unit.OptionsType() != metadata.ProcessUnitOptionsNormalizationOptions || options.MeanLength() != 1 || options.StdLength() != 1 ||
		options.Mean(0) != 0 || options.Std(0) != 1 {
		t.Errorf("normalisation %v: %d means, %d deviations", unit.OptionsType(), options.MeanLength(), options.StdLength())
	}
}
