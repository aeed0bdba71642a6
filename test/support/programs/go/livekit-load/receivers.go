package main

import (
	"sync"

	"github.com/pion/webrtc/v4"
)

// receiver takes one track of somebody else.
type receiver struct {
	kind string
	// Who sends it: identity and name of the track.
	from string

	lock sync.Mutex
	// Packets of the window that is counted, by their number: the delay in nanoseconds.
	window uint32
	delays map[uint32]int64
	heard  bool
}

// hear reads packets until the track ends.
func (r *receiver) hear(track *webrtc.TrackRemote) {
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		arrived := now()
		found, ours := readStamp(packet.Payload)
		r.lock.Lock()
		if ours {
			r.heard = true
			if found.window == r.window && found.window != uncounted {
				if _, twice := r.delays[found.number]; !twice {
					r.delays[found.number] = arrived - found.sent
				}
			}
		}
		r.lock.Unlock()
	}
}

// count begins a window.
func (r *receiver) count(window uint32) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.window, r.delays, r.heard = window, map[uint32]int64{}, false
}

// take gives what arrived of the window.
func (r *receiver) take() map[uint32]int64 {
	r.lock.Lock()
	defer r.lock.Unlock()
	taken := r.delays
	r.window, r.delays = uncounted, nil
	return taken
}

func (r *receiver) hears() bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.heard
}
