package v4l2

// Constants of linux/videodev2.h.

const maxPlanes = 8

// Capabilities of a device.
const (
	capVideoCapture       = 0x00000001
	capVideoCaptureMplane = 0x00001000
	capStreaming          = 0x04000000
	capDeviceCaps         = 0x80000000
)

// Types of a buffer.
const (
	bufVideoCapture       = 1
	bufVideoCaptureMplane = 9
)

const memoryMmap = 1

// Flags of a buffer.
const (
	bufFlagError         = 0x00000040
	bufFlagTimestampMask = 0x0000e000
	bufFlagMonotonic     = 0x00002000
)

// Flags of a format.
const (
	fmtFlagCompressed = 0x0001
	fmtFlagEmulated   = 0x0002
)

// Kinds of frame sizes and intervals.
const (
	kindDiscrete   = 1
	kindContinuous = 2
	kindStepwise   = 3
)

// Fields: how the two halves of an interlaced picture lie in a buffer.
const (
	fieldNone  = 1
	fieldSeqTB = 5
	fieldSeqBT = 6
)

const capTimePerFrame = 0x1000

// Colour spaces, encodings and ranges that change the conversion.
const (
	colorspaceSMPTE240M = 2
	colorspaceREC709    = 3
	colorspaceJPEG      = 7
	colorspaceBT2020    = 10
	colorspaceDCIP3     = 12

	encoding601       = 1
	encoding709       = 2
	encodingXV601     = 3
	encodingXV709     = 4
	encodingBT2020    = 6
	encodingBT2020C   = 7
	encodingSMPTE240M = 8

	quantizationFull    = 1
	quantizationLimited = 2
)

// Types of a control.
const (
	ctrlInteger     = 1
	ctrlBoolean     = 2
	ctrlMenu        = 3
	ctrlButton      = 4
	ctrlInteger64   = 5
	ctrlClass       = 6
	ctrlString      = 7
	ctrlBitmask     = 8
	ctrlIntegerMenu = 9
)

// Flags of a control.
const (
	ctrlFlagDisabled  = 0x0001
	ctrlFlagReadOnly  = 0x0004
	ctrlFlagInactive  = 0x0010
	ctrlFlagWriteOnly = 0x0040
	ctrlFlagNext      = 0x80000000
)

// Controls that changed their names with Linux 5.16.
const (
	cidAutoWhiteBalance = 0x0098090c
	cidExposureAuto     = 0x009a0901
	cidExposureAbsolute = 0x009a0902
	cidFocusAuto        = 0x009a090c
)
