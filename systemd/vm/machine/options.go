package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Options says what the machine is made of. All fields are needed.
type Options struct {
	Image       string // folder with vmlinuz, initrd and root.img
	Root        string // qcow2 file on top of root.img, /dev/vda
	Data        string // NBD socket of the data disk, /dev/vdb
	Payload     string // file that is a read-only disk, /dev/vdc
	Console     string // file that the kernel's console is appended to
	Key         string // file of the private key for ssh; Boot makes it when it is missing
	Accelerator string // KVM or TCG
}

const cores = 2

// MemoryMB is the memory of a guest.
const MemoryMB = 2560

// arguments returns qemu's command line. The guest reaches no network. qemu
// forwards ssh from that port of the host's loopback interface, and the guest
// accepts that key only.
func (o Options) arguments(port int, publicKey string) []string {
	cpu, accelerator := "host", KVM
	if o.Accelerator != KVM {
		// "max" has every feature that qemu can emulate. TensorFlow needs AVX.
		cpu, accelerator = "max", "tcg,thread=multi"
	}
	return []string{
		"-name", "edgeclr-vm", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-machine", "q35", "-accel", accelerator, "-cpu", cpu, "-smp", fmt.Sprint(cores), "-m", fmt.Sprint(MemoryMB),
		"-kernel", filepath.Join(o.Image, "vmlinuz"), "-initrd", filepath.Join(o.Image, "initrd"),
		// no_timer_check: on a busy host the emulated timer is late, which the kernel takes for a broken one and panics.
		"-append", "root=/dev/vda rw console=ttyS0 loglevel=4 net.ifnames=0 panic=-1 no_timer_check",
		// unsafe: no flush reaches the host's disk. Killing qemu loses nothing of this disk, only a crash of the host would.
		"-drive", "if=virtio,format=qcow2,cache=unsafe,file=" + o.Root,
		"-drive", "if=virtio,format=raw,cache=writeback,file.driver=nbd,file.server.type=unix,file.server.path=" + o.Data,
		"-drive", "if=virtio,format=raw,readonly=on,file=" + o.Payload,
		"-netdev", fmt.Sprintf("user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:%d-:22", port),
		"-device", "virtio-net-pci,netdev=net,romfile=",
		"-device", "virtio-rng-pci",
		"-chardev", "file,id=console,append=on,path=" + o.Console, "-serial", "chardev:console",
		// systemd-tmpfiles writes it to /root/.ssh/authorized_keys, unless that is there.
		"-smbios", "type=11,value=io.systemd.credential:ssh.authorized_keys.root=" + publicKey,
	}
}

// Accelerators: what runs the guest's instructions.
const (
	KVM = "kvm" // the processor itself
	TCG = "tcg" // software, about ten times slower
)

// Accelerator returns KVM if this process may open /dev/kvm and the processor has the
// instructions for it, otherwise TCG. The second condition excludes hosts that are virtual
// machines themselves: the /dev/kvm of some of them runs only specially made guests.
func Accelerator() string {
	device, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return TCG
	}
	_ = device.Close() // nothing was done with it
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return TCG
	}
	for line := range strings.Lines(string(info)) {
		name, flags, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "flags" {
			continue
		}
		for flag := range strings.FieldsSeq(flags) {
			if flag == "vmx" || flag == "svm" {
				return KVM
			}
		}
		return TCG // the other processors have the same flags
	}
	return TCG
}
