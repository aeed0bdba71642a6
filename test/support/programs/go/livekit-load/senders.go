package main

import (
	"sync/atomic"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Names of the two tracks that whoever sends has.
const (
	picture = "picture"
	sound   = "sound"
)

// stream is what one track sends: so many packets at a time, of so many bytes each.
type stream struct {
	kind    string
	codec   webrtc.RTPCodecCapability
	every   time.Duration
	packets int
	bytes   int
}

// streams of one person. The sound is Opus as a browser sends it: 50 packets a second of 80 bytes, which are 32 kbit/s. The picture is H.264 in packets of one NAL
// unit each, whose content no server reads.
func streams(video videoSettings) []stream {
	return []stream{
		{
			kind:    picture,
			codec:   webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264, ClockRate: 90_000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
			every:   time.Second / time.Duration(video.FramesPerSecond),
			packets: video.PacketsPerFrame,
			bytes:   video.BytesPerPacket,
		},
		{
			kind:    sound,
			codec:   webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48_000, Channels: 2},
			every:   20 * time.Millisecond,
			packets: 1,
			bytes:   80,
		},
	}
}

// sender sends one stream while it is told to.
type sender struct {
	stream
	track *lksdk.LocalTrack
	// Number of the window that packets count for.
	window atomic.Uint32
	// Packets of that window.
	counted atomic.Uint32
	// Number of the next packet of the stream, which goes on where it was.
	sequence uint16
}

// First bytes: a sequence parameter set, by which a server knows a picture that stands for itself; a part of a picture; a frame of Opus.
const (
	opening  = 0x67
	part     = 0x61
	opusByte = 0x78
)

// send goes on until quit is closed. Every second begins with a picture that stands for itself: so whoever has missed one sees again.
func (s *sender) send(quit <-chan struct{}) {
	clock := time.NewTicker(s.every)
	defer clock.Stop()
	payload := make([]byte, s.bytes)
	for i := range payload {
		// Nothing that a reader of NAL units takes for a mark between them.
		payload[i] = 0xa5
	}
	perSecond := int(time.Second / s.every)
	var number uint32
	last := uint32(uncounted)
	for frame := 0; ; frame++ {
		select {
		case <-quit:
			return
		case <-clock.C:
		}
		window := s.window.Load()
		if window != last {
			last, number = window, 0
		}
		timestamp := uint32(now() / int64(time.Microsecond) * int64(s.codec.ClockRate) / 1_000_000)
		for i := 0; i < s.packets; i++ {
			payload[0] = s.firstByte(frame%perSecond == 0 && i == 0)
			stamp{window: window, number: number, sent: now()}.write(payload)
			header := rtp.Header{Version: 2, SequenceNumber: s.sequence, Timestamp: timestamp, Marker: s.kind == picture && i == s.packets-1}
			if err := s.track.WriteRTP(&rtp.Packet{Header: header, Payload: payload}, nil); err != nil {
				complain("a packet could not be sent", err)
			}
			s.sequence++
			number++
			if window != uncounted {
				s.counted.Store(number)
			}
		}
	}
}

func (s *sender) firstByte(first bool) byte {
	switch {
	case s.kind == sound:
		return opusByte
	case first:
		return opening
	default:
		return part
	}
}
