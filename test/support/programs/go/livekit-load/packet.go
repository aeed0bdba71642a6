package main

import (
	"encoding/binary"
	"math"
	"time"
)

// A packet of ours after its first bytes, which are the codec's: who sent it, in which window, as which of its track, and when.
const (
	stampAt    = 1
	stampBytes = 4 + 4 + 8
)

var begun = time.Now()

// now is the time of this process's own clock, which never jumps: senders and receivers share it.
func now() int64 { return int64(time.Since(begun)) }

type stamp struct {
	window uint32
	number uint32
	sent   int64
}

func (s stamp) write(payload []byte) {
	binary.BigEndian.PutUint32(payload[stampAt:], s.window)
	binary.BigEndian.PutUint32(payload[stampAt+4:], s.number)
	binary.BigEndian.PutUint64(payload[stampAt+8:], uint64(s.sent))
}

func readStamp(payload []byte) (stamp, bool) {
	if len(payload) < stampAt+stampBytes {
		return stamp{}, false
	}
	return stamp{
		window: binary.BigEndian.Uint32(payload[stampAt:]),
		number: binary.BigEndian.Uint32(payload[stampAt+4:]),
		sent:   int64(binary.BigEndian.Uint64(payload[stampAt+8:])),
	}, true
}

// uncounted is the window of packets before and after one that counts.
const uncounted = math.MaxUint32
