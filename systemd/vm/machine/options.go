package machine

import (
	"fmt"
	"path/filepath"
)

// Options says what the machine is made of. All fields are needed.
type Options struct {
	Image       string // folder with vmlinuz, initrd and root.img
	Root        string // qcow2 file on top of root.img, /dev/vda
	Data        string // NBD socket of the data disk, /dev/vdb
	Payload     string // file that is a read-only disk, /dev/vdc
	Console     string // file that the kernel's console is appended to
	Key         string // file of the private key that opens the guest; made when it is not there
	Accelerator string // KVM or TCG
}

const (
	cores  = 2
	memory = "2560M"
)

// arguments gives qemu's command line. The guest reaches no network; ssh is
// forwarded from that port of the host's loopback interface, for that key alone.
func (o Options) arguments(port int, publicKey string) []string {
	cpu, accelerator := "host", KVM
	if o.Accelerator != KVM {
		// All that qemu can do: TensorFlow needs AVX.
		cpu, accelerator = "max", "tcg,thread=multi"
	}
	return []string{
		"-name", "edgeclr-vm", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-machine", "q35", "-accel", accelerator, "-cpu", cpu, "-smp", fmt.Sprint(cores), "-m", memory,
		"-kernel", filepath.Join(o.Image, "vmlinuz"), "-initrd", filepath.Join(o.Image, "initrd"),
		"-append", "root=/dev/vda rw console=ttyS0 loglevel=4 net.ifnames=0 panic=-1",
		"-drive", "if=virtio,format=qcow2,file=" + o.Root,
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
