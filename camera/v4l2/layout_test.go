package v4l2

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

// TestKernelLayout lets a C compiler compare sizes, offsets and request
// numbers with linux/videodev2.h, for both architectures where it can.
func TestKernelLayout(t *testing.T) {
	source := filepath.Join(t.TempDir(), "layout.c")
	if err := os.WriteFile(source, []byte(assertions()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, compiler := range []string{"x86_64-linux-gnu-gcc", "aarch64-linux-gnu-gcc"} {
		t.Run(compiler, func(t *testing.T) {
			if _, err := exec.LookPath(compiler); err != nil {
				t.Skip("no compiler: apt-get install g" + strings.TrimSuffix(compiler, "-gcc")[1:])
			}
			probe := exec.Command(compiler, "-fsyntax-only", "-include", "linux/videodev2.h", "-x", "c", os.DevNull)
			if out, err := probe.CombinedOutput(); err != nil {
				t.Skipf("no kernel headers for it: %s", out)
			}
			if out, err := exec.Command(compiler, "-fsyntax-only", source).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// assertions is a C file that compiles when everything is right.
func assertions() string {
	var b strings.Builder
	b.WriteString("#include <stddef.h>\n#include <linux/videodev2.h>\n")
	same := func(c string, value uintptr) {
		fmt.Fprintf(&b, "_Static_assert(%s == %du, %q);\n", c, value, c)
	}
	size := func(name string, value uintptr) { same("sizeof(struct "+name+")", value) }
	at := func(name, field string, value uintptr) { same("offsetof(struct "+name+", "+field+")", value) }

	var c capability
	size("v4l2_capability", unsafe.Sizeof(c))
	at("v4l2_capability", "bus_info", unsafe.Offsetof(c.bus))
	at("v4l2_capability", "device_caps", unsafe.Offsetof(c.deviceCaps))
	var fd fmtdesc
	size("v4l2_fmtdesc", unsafe.Sizeof(fd))
	at("v4l2_fmtdesc", "description", unsafe.Offsetof(fd.description))
	at("v4l2_fmtdesc", "pixelformat", unsafe.Offsetof(fd.pixelformat))
	var fs frmsizeenum
	size("v4l2_frmsizeenum", unsafe.Sizeof(fs))
	at("v4l2_frmsizeenum", "discrete", unsafe.Offsetof(fs.limits))
	at("v4l2_frmsizeenum", "stepwise", unsafe.Offsetof(fs.limits))
	var fi frmivalenum
	size("v4l2_frmivalenum", unsafe.Sizeof(fi))
	at("v4l2_frmivalenum", "discrete", unsafe.Offsetof(fi.limits))
	at("v4l2_frmivalenum", "stepwise.max", unsafe.Offsetof(fi.limits)+unsafe.Sizeof(fract{}))
	var f format
	size("v4l2_format", unsafe.Sizeof(f))
	size("v4l2_pix_format", unsafe.Sizeof(f.pix))
	at("v4l2_format", "fmt.pix", unsafe.Offsetof(f.pix))
	at("v4l2_pix_format", "sizeimage", unsafe.Offsetof(f.pix.sizeimage))
	at("v4l2_pix_format", "colorspace", unsafe.Offsetof(f.pix.colorspace))
	at("v4l2_pix_format", "ycbcr_enc", unsafe.Offsetof(f.pix.ycbcrEnc))
	at("v4l2_pix_format", "quantization", unsafe.Offsetof(f.pix.quantization))
	var fm formatMplane
	size("v4l2_format", unsafe.Sizeof(fm))
	size("v4l2_pix_format_mplane", unsafe.Sizeof(fm.pix))
	at("v4l2_format", "fmt.pix_mp", unsafe.Offsetof(fm.pix))
	at("v4l2_pix_format_mplane", "plane_fmt", unsafe.Offsetof(fm.pix.planes))
	at("v4l2_pix_format_mplane", "num_planes", unsafe.Offsetof(fm.pix.numPlanes))
	at("v4l2_pix_format_mplane", "quantization", unsafe.Offsetof(fm.pix.quantization))
	size("v4l2_plane_pix_format", unsafe.Sizeof(planePixFormat{}))
	var p streamparm
	size("v4l2_streamparm", unsafe.Sizeof(p))
	at("v4l2_streamparm", "parm.capture.capability", unsafe.Offsetof(p.capability))
	at("v4l2_streamparm", "parm.capture.timeperframe", unsafe.Offsetof(p.timeperframe))
	size("v4l2_requestbuffers", unsafe.Sizeof(requestbuffers{}))
	var q buffer
	size("v4l2_buffer", unsafe.Sizeof(q))
	at("v4l2_buffer", "timestamp", unsafe.Offsetof(q.seconds))
	at("v4l2_buffer", "timecode", unsafe.Offsetof(q.timecode))
	at("v4l2_buffer", "sequence", unsafe.Offsetof(q.sequence))
	at("v4l2_buffer", "memory", unsafe.Offsetof(q.memory))
	at("v4l2_buffer", "m", unsafe.Offsetof(q.m))
	at("v4l2_buffer", "length", unsafe.Offsetof(q.length))
	var pl plane
	size("v4l2_plane", unsafe.Sizeof(pl))
	at("v4l2_plane", "m", unsafe.Offsetof(pl.m))
	at("v4l2_plane", "data_offset", unsafe.Offsetof(pl.dataOffset))
	var qc queryctrl
	size("v4l2_queryctrl", unsafe.Sizeof(qc))
	at("v4l2_queryctrl", "minimum", unsafe.Offsetof(qc.minimum))
	at("v4l2_queryctrl", "flags", unsafe.Offsetof(qc.flags))
	var qe queryExtCtrl
	size("v4l2_query_ext_ctrl", unsafe.Sizeof(qe))
	at("v4l2_query_ext_ctrl", "minimum", unsafe.Offsetof(qe.minimum))
	at("v4l2_query_ext_ctrl", "flags", unsafe.Offsetof(qe.flags))
	at("v4l2_query_ext_ctrl", "nr_of_dims", unsafe.Offsetof(qe.dimensions))
	var m querymenu
	size("v4l2_querymenu", unsafe.Sizeof(m))
	at("v4l2_querymenu", "name", unsafe.Offsetof(m.item))
	size("v4l2_control", unsafe.Sizeof(control{}))
	size("v4l2_ext_control", unsafe.Sizeof(extControl{}))
	at("v4l2_ext_control", "value64", unsafe.Offsetof(extControl{}.value))
	var e extControls
	size("v4l2_ext_controls", unsafe.Sizeof(e))
	at("v4l2_ext_controls", "controls", unsafe.Offsetof(e.controls))

	for name, value := range map[string]uintptr{
		"VIDIOC_QUERYCAP": vidiocQuerycap, "VIDIOC_ENUM_FMT": vidiocEnumFmt, "VIDIOC_S_FMT": vidiocSFmt,
		"VIDIOC_REQBUFS": vidiocReqbufs, "VIDIOC_QUERYBUF": vidiocQuerybuf, "VIDIOC_QBUF": vidiocQbuf, "VIDIOC_DQBUF": vidiocDqbuf,
		"VIDIOC_STREAMON": vidiocStreamon, "VIDIOC_STREAMOFF": vidiocStreamoff, "VIDIOC_G_PARM": vidiocGParm, "VIDIOC_S_PARM": vidiocSParm,
		"VIDIOC_G_CTRL": vidiocGCtrl, "VIDIOC_S_CTRL": vidiocSCtrl, "VIDIOC_QUERYCTRL": vidiocQueryctrl, "VIDIOC_QUERYMENU": vidiocQuerymenu,
		"VIDIOC_G_EXT_CTRLS": vidiocGExtCtrls, "VIDIOC_S_EXT_CTRLS": vidiocSExtCtrls, "VIDIOC_ENUM_FRAMESIZES": vidiocEnumFramesizes,
		"VIDIOC_ENUM_FRAMEINTERVALS": vidiocEnumFrameintervals, "VIDIOC_QUERY_EXT_CTRL": vidiocQueryExtCtrl,
		// A few constants whose neighbours are easily mixed up.
		"V4L2_CAP_VIDEO_CAPTURE_MPLANE": capVideoCaptureMplane, "V4L2_BUF_FLAG_ERROR": bufFlagError,
		"V4L2_BUF_FLAG_TIMESTAMP_MASK": bufFlagTimestampMask, "V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE": bufVideoCaptureMplane,
		"V4L2_PIX_FMT_NV12M": uintptr(NV12M), "V4L2_PIX_FMT_RGB24": uintptr(RGB24), "V4L2_PIX_FMT_GREY": uintptr(GREY), "V4L2_PIX_FMT_UYVY": uintptr(UYVY),
		"V4L2_COLORSPACE_DCI_P3": colorspaceDCIP3, "V4L2_COLORSPACE_JPEG": colorspaceJPEG, "V4L2_YCBCR_ENC_XV709": encodingXV709,
		"V4L2_YCBCR_ENC_BT2020_CONST_LUM": encodingBT2020C, "V4L2_YCBCR_ENC_SMPTE240M": encodingSMPTE240M,
		"V4L2_FIELD_SEQ_BT": fieldSeqBT, "V4L2_CID_EXPOSURE_AUTO": cidExposureAuto, "V4L2_CID_EXPOSURE_ABSOLUTE": cidExposureAbsolute,
		"V4L2_CID_FOCUS_AUTO": cidFocusAuto, "V4L2_CID_AUTO_WHITE_BALANCE": cidAutoWhiteBalance,
	} {
		same(name, value)
	}
	return b.String()
}
