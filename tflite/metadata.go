package tflite

import (
	"encoding/json"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/model/arch"
	"edgeclr/tflite/internal/metadata"
)

const (
	metadataIdentifier = "M001"
	// parserVersion is the schema that added the latest of the tables that are used,
	// CustomMetadata.
	parserVersion = "1.5.0"
	// customName is the name of the custom metadata with the fields of provenance.
	customName = "edgeclr"
)

// provenance is what the custom metadata say, as JSON.
type provenance struct {
	Architecture string  `json:"architecture"`
	Checkpoint   string  `json:"checkpoint,omitempty"`
	Blend        string  `json:"blend,omitempty"`
	Share        float64 `json:"share,omitempty"` // of a join; left out for evenShare
	Size         int     `json:"size"`
	CropMode     string  `json:"crop_mode,omitempty"` // "squash"; left out for the central square
	Precision    string  `json:"precision"`
	Head         bool    `json:"head,omitempty"`
	Map          string  `json:"map,omitempty"`
}

// precision is how the file computes.
func (m Model) precision() string {
	if m.Ranges != nil {
		return "int8"
	}
	return "float"
}

// unevenShare is the share of a join whose halves do not count alike, otherwise 0.
func (m Model) unevenShare() float64 {
	if m.Share == evenShare {
		return 0
	}
	return m.Share
}

// description is one line for tools that list files.
func (m Model) description() string {
	return fmt.Sprintf("EdgeCLR encoder: %s at %d px, %s", m.Plan.Arch.Name, m.Plan.Size, m.precision())
}

// crop says how a picture becomes the input. Other programs may stretch it instead.
func (m Model) crop() string {
	if m.Info.Squash {
		return fmt.Sprintf("A picture in RGB, %[1]d x %[1]d pixels with values 0 to 255. If the longer side is more than 1.55 times "+
			"the shorter one, scale the whole picture to the square (bilinear, antialiased). Else scale it so that its short side has %[1]d pixels, and "+
			"cut out the centre square. The normalisation of the pixels is inside the model.", m.Plan.Size)
	}
	return fmt.Sprintf("A picture in RGB, %[1]d x %[1]d pixels with values 0 to 255. Scale the picture so that its short side has %[1]d pixels "+
		"(bilinear, antialiased), then cut out the centre square. The encoder learned from such squares; a picture that is stretched to a square "+
		"gives another vector. The normalisation of the pixels is inside the model.", m.Plan.Size)
}

// metadata writes the tables that MediaPipe's tasks read.
func (m Model) metadata(g *graph) []byte {
	b := flatbuffers.NewBuilder(1 << 12)
	inputs := tables(b, len(g.inputs), func(int) flatbuffers.UOffsetT { return m.imageMetadata(b) })
	outputs := tables(b, len(g.outputs), func(i int) flatbuffers.UOffsetT {
		return featureMetadata(b, g.outputs[i].name, m.outputText(g.outputs[i].name))
	})
	custom := m.customMetadata(b)
	customs := b.CreateVectorOfTables([]flatbuffers.UOffsetT{custom})
	metadata.SubGraphMetadataStart(b)
	metadata.SubGraphMetadataAddInputTensorMetadata(b, inputs)
	metadata.SubGraphMetadataAddOutputTensorMetadata(b, outputs)
	metadata.SubGraphMetadataAddCustomMetadata(b, customs)
	subgraph := metadata.SubGraphMetadataEnd(b)
	subgraphs := b.CreateVectorOfTables([]flatbuffers.UOffsetT{subgraph})
	name, text, license := b.CreateString(m.Info.Name), b.CreateString(m.text()), b.CreateString(m.Info.License)
	version, parser := b.CreateString(m.Info.Checkpoint), b.CreateString(parserVersion)
	metadata.ModelMetadataStart(b)
	metadata.ModelMetadataAddName(b, name)
	metadata.ModelMetadataAddDescription(b, text)
	metadata.ModelMetadataAddVersion(b, version)
	metadata.ModelMetadataAddSubgraphMetadata(b, subgraphs)
	metadata.ModelMetadataAddLicense(b, license)
	metadata.ModelMetadataAddMinParserVersion(b, parser)
	b.FinishWithFileIdentifier(metadata.ModelMetadataEnd(b), []byte(metadataIdentifier))
	return b.FinishedBytes()
}

// text describes the model to people.
func (m Model) text() string {
	text := m.description()
	if m.Info.Checkpoint != "" {
		text += ", checkpoint " + m.Info.Checkpoint
	}
	if m.Info.Blend != "" {
		text += ", blend " + m.Info.Blend
	}
	if share := m.unevenShare(); share != 0 {
		text += fmt.Sprintf(", share %v", share)
	}
	text += "."
	if m.Info.Description != "" {
		text += " " + m.Info.Description
	}
	return text + " Input: " + m.crop()
}

func (m Model) outputText(name string) string {
	if name == innerMap {
		return fmt.Sprintf("The map of the step %s, [1, height, width, channels].", m.Map)
	}
	return "A vector of length 1. The cosine of two pictures' vectors is their similarity."
}

// imageMetadata describes the input: RGB, and pixels that need no normalisation.
func (m Model) imageMetadata(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	metadata.ImageSizeStart(b)
	metadata.ImageSizeAddWidth(b, uint32(m.Plan.Size))
	metadata.ImageSizeAddHeight(b, uint32(m.Plan.Size))
	size := metadata.ImageSizeEnd(b)
	metadata.ImagePropertiesStart(b)
	metadata.ImagePropertiesAddColorSpace(b, metadata.ColorSpaceTypeRGB)
	metadata.ImagePropertiesAddDefaultSize(b, size)
	image := metadata.ImagePropertiesEnd(b)
	content := contentTable(b, metadata.ContentPropertiesImageProperties, image)
	mean, std := oneFloat(b, 0), oneFloat(b, 1)
	metadata.NormalizationOptionsStart(b)
	metadata.NormalizationOptionsAddMean(b, mean)
	metadata.NormalizationOptionsAddStd(b, std)
	normalization := metadata.NormalizationOptionsEnd(b)
	metadata.ProcessUnitStart(b)
	metadata.ProcessUnitAddOptionsType(b, metadata.ProcessUnitOptionsNormalizationOptions)
	metadata.ProcessUnitAddOptions(b, normalization)
	unit := metadata.ProcessUnitEnd(b)
	units := b.CreateVectorOfTables([]flatbuffers.UOffsetT{unit})
	lowest, highest := oneFloat(b, 0), oneFloat(b, 255)
	metadata.StatsStart(b)
	metadata.StatsAddMax(b, highest)
	metadata.StatsAddMin(b, lowest)
	stats := metadata.StatsEnd(b)
	name, text := b.CreateString(arch.Input), b.CreateString(m.crop())
	metadata.TensorMetadataStart(b)
	metadata.TensorMetadataAddName(b, name)
	metadata.TensorMetadataAddDescription(b, text)
	metadata.TensorMetadataAddContent(b, content)
	metadata.TensorMetadataAddProcessUnits(b, units)
	metadata.TensorMetadataAddStats(b, stats)
	return metadata.TensorMetadataEnd(b)
}

// featureMetadata describes an output.
func featureMetadata(b *flatbuffers.Builder, name, text string) flatbuffers.UOffsetT {
	metadata.FeaturePropertiesStart(b)
	feature := metadata.FeaturePropertiesEnd(b)
	content := contentTable(b, metadata.ContentPropertiesFeatureProperties, feature)
	n, t := b.CreateString(name), b.CreateString(text)
	metadata.TensorMetadataStart(b)
	metadata.TensorMetadataAddName(b, n)
	metadata.TensorMetadataAddDescription(b, t)
	metadata.TensorMetadataAddContent(b, content)
	return metadata.TensorMetadataEnd(b)
}

// customMetadata holds where the weights come from, as JSON.
func (m Model) customMetadata(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	cropMode := ""
	if m.Info.Squash {
		cropMode = "squash"
	}
	text, err := json.Marshal(provenance{
		Architecture: m.Plan.Arch.Name, Checkpoint: m.Info.Checkpoint, Blend: m.Info.Blend, Share: m.unevenShare(), Size: m.Plan.Size, CropMode: cropMode,
		Precision: m.precision(), Head: m.Head != nil, Map: m.Map,
	})
	if err != nil {
		panic(err) // strings, numbers and booleans cannot fail
	}
	data, name := bytesVector(b, text), b.CreateString(customName)
	metadata.CustomMetadataStart(b)
	metadata.CustomMetadataAddName(b, name)
	metadata.CustomMetadataAddData(b, data)
	return metadata.CustomMetadataEnd(b)
}

func contentTable(b *flatbuffers.Builder, kind metadata.ContentProperties, properties flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	metadata.ContentStart(b)
	metadata.ContentAddContentPropertiesType(b, kind)
	metadata.ContentAddContentProperties(b, properties)
	return metadata.ContentEnd(b)
}

func oneFloat(b *flatbuffers.Builder, x float32) flatbuffers.UOffsetT {
	b.StartVector(4, 1, 4)
	b.PrependFloat32(x)
	return b.EndVector(1)
}
