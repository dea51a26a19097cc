package v4l2

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// With fewer than two buffers the driver has nowhere to write while one is read. Four
// buffers outlast a pause of the garbage collector at 30 pictures a second.
const (
	wantedBuffers = 4
	leastBuffers  = 2
)

// buffers are the driver's buffers, mapped into this process.
type buffers struct {
	device *Device
	planes int // per buffer; 1 without the API of several planes
	mapped [][][]byte

	// array is where the driver reads and writes the descriptions of the planes. The
	// kernel gets its address as a number, so the array must not move: it lies on the
	// heap.
	array *[maxPlanes]plane
}

// allocate asks for buffers and maps them. After an error it has released everything.
func (d *Device) allocate(planes int) (*buffers, error) {
	b := &buffers{device: d, planes: planes, array: new([maxPlanes]plane)}
	r := requestbuffers{count: wantedBuffers, typ: d.bufType(), memory: memoryMmap}
	if err := ioctl(d.fd, vidiocReqbufs, &r); err != nil {
		return nil, d.fail("asking for buffers", err)
	}
	if r.count < leastBuffers {
		return nil, errors.Join(fmt.Errorf("%s: the driver gives %d buffers, at least %d are needed; memory for them may be short", d.path, r.count, leastBuffers), b.free())
	}
	for i := range r.count {
		if err := b.mmap(i); err != nil {
			return nil, errors.Join(err, b.free())
		}
	}
	return b, nil
}

// mmap maps one buffer.
func (b *buffers) mmap(index uint32) error {
	q := b.request(index)
	if err := ioctl(b.device.fd, vidiocQuerybuf, &q); err != nil {
		return b.device.fail(fmt.Sprintf("asking for buffer %d", index), err)
	}
	b.mapped = append(b.mapped, nil)
	for p := range b.planes {
		offset, length := q.m&0xffffffff, q.length
		if b.device.info.Multiplanar {
			offset, length = b.array[p].m&0xffffffff, b.array[p].length
		}
		data, err := unix.Mmap(b.device.fd, int64(offset), int(length), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			return b.device.fail(fmt.Sprintf("mapping buffer %d of %d bytes", index, length), err)
		}
		b.mapped[index] = append(b.mapped[index], data)
	}
	return nil
}

// request returns the structure for one buffer. With several planes it points to the
// array.
func (b *buffers) request(index uint32) buffer {
	q := buffer{index: index, typ: b.device.bufType(), memory: memoryMmap}
	if b.device.info.Multiplanar {
		*b.array = [maxPlanes]plane{}
		q.m, q.length = uint64(uintptr(unsafe.Pointer(b.array))), uint32(b.planes)
	}
	return q
}

// queue gives a buffer to the driver.
func (b *buffers) queue(index uint32) error {
	q := b.request(index)
	if err := ioctl(b.device.fd, vidiocQbuf, &q); err != nil {
		return b.device.fail(fmt.Sprintf("giving buffer %d back", index), err)
	}
	return nil
}

// queueAll gives all buffers to the driver.
func (b *buffers) queueAll() error {
	for i := range b.mapped {
		if err := b.queue(uint32(i)); err != nil {
			return err
		}
	}
	return nil
}

// dequeue takes the next filled buffer. The errors are those of the system: EAGAIN
// when none is filled.
func (b *buffers) dequeue() (buffer, error) {
	q := b.request(0)
	if err := ioctl(b.device.fd, vidiocDqbuf, &q); err != nil {
		return q, err
	}
	if int(q.index) >= len(b.mapped) {
		return q, fmt.Errorf("the driver names buffer %d of %d: %w", q.index, len(b.mapped), unix.EIO)
	}
	return q, nil
}

// payload returns what plane p of the dequeued buffer q holds. It is valid until the
// buffer is queued again.
func (b *buffers) payload(q buffer, p int) []byte {
	from, to := uint32(0), q.bytesused
	if b.device.info.Multiplanar {
		from, to = b.array[p].dataOffset, b.array[p].bytesused
	}
	data := b.mapped[q.index][p]
	to = min(to, uint32(len(data)))
	return data[min(from, to):to]
}

// free unmaps the buffers and returns them to the driver. The stream must have
// stopped.
func (b *buffers) free() error {
	var errs []error
	for i, planes := range b.mapped {
		for _, data := range planes {
			if err := unix.Munmap(data); err != nil {
				errs = append(errs, fmt.Errorf("%s: unmapping buffer %d: %w", b.device.path, i, err))
			}
		}
	}
	b.mapped = nil
	r := requestbuffers{typ: b.device.bufType(), memory: memoryMmap}
	if err := ioctl(b.device.fd, vidiocReqbufs, &r); err != nil && !errors.Is(err, unix.ENODEV) {
		errs = append(errs, b.device.fail("giving the buffers back", err))
	}
	return errors.Join(errs...)
}
