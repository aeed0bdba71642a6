package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

// person is one participant.
type person struct {
	room     *lksdk.Room
	asked    personSettings
	senders  []*sender
	lock     sync.Mutex
	hears    map[string]*receiver
	expected int
}

// people joins everybody, some at a time.
func people(asked settings) ([]*person, error) {
	sending := map[string]int{}
	for _, one := range asked.People {
		if one.Sends {
			sending[one.Room]++
		}
	}
	joined := make([]*person, len(asked.People))
	problems := make([]error, len(asked.People))
	// Few at once: what is asked is how media flow, not how many can join in a moment.
	places := make(chan struct{}, 4)
	var all sync.WaitGroup
	for i, one := range asked.People {
		all.Add(1)
		go func() {
			defer all.Done()
			places <- struct{}{}
			defer func() { <-places }()
			others := 0
			if !one.Sends {
				others = sending[one.Room]
			}
			joined[i], problems[i] = join(asked, one, others)
		}()
	}
	all.Wait()
	for _, problem := range problems {
		if problem != nil {
			return joined, problem
		}
	}
	return joined, nil
}

func join(asked settings, one personSettings, others int) (*person, error) {
	made := &person{asked: one, hears: map[string]*receiver{}, expected: others * len(streams(asked.Video))}
	options := []lksdk.ConnectOption{
		lksdk.WithAutoSubscribe(!one.Sends),
		lksdk.WithConnectTimeout(30 * time.Second),
		lksdk.WithDisableRegionDiscovery(),
	}
	if asked.Relayed {
		options = append(options, lksdk.WithICETransportPolicy(webrtc.ICETransportPolicyRelay))
	}
	callback := lksdk.NewRoomCallback()
	callback.OnTrackSubscribed = made.subscribed
	callback.OnDisconnectedWithReason = func(reason lksdk.DisconnectionReason) {
		if !leaving.Load() {
			complain("somebody was put out", fmt.Errorf("%s", reason))
		}
	}
	room, err := lksdk.ConnectToRoomWithToken(asked.URL, one.Ticket, callback, options...)
	if err != nil {
		return nil, fmt.Errorf("joining: %w", err)
	}
	made.room = room
	if !one.Sends {
		return made, nil
	}
	for _, kind := range streams(asked.Video) {
		track, err := lksdk.NewLocalTrack(kind.codec)
		if err != nil {
			return made, err
		}
		options := &lksdk.TrackPublicationOptions{Name: kind.kind, DisableDTX: true}
		if kind.kind == picture {
			options.Source, options.VideoWidth, options.VideoHeight = livekit.TrackSource_CAMERA, 1280, 720
		}
		if _, err := room.LocalParticipant.PublishTrack(track, options); err != nil {
			return made, fmt.Errorf("publishing %s: %w", kind.kind, err)
		}
		sends := &sender{stream: kind, track: track}
		sends.window.Store(uncounted)
		made.senders = append(made.senders, sends)
	}
	return made, nil
}

func (p *person) subscribed(track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, from *lksdk.RemoteParticipant) {
	made := &receiver{kind: publication.Name(), from: from.Identity() + "/" + publication.Name(), window: uncounted}
	p.lock.Lock()
	p.hears[made.from] = made
	p.lock.Unlock()
	go made.hear(track)
}

func (p *person) receivers() []*receiver {
	p.lock.Lock()
	defer p.lock.Unlock()
	all := make([]*receiver, 0, len(p.hears))
	for _, one := range p.hears {
		all = append(all, one)
	}
	return all
}

// due is the number of packets that the person should have, by what each track of its room has sent.
func (p *person) due(sent map[string]map[string]int) int {
	total := 0
	if !p.asked.Sends {
		for _, packets := range sent[p.asked.Room] {
			total += packets
		}
	}
	return total
}

// reached is true for a person whose media arrive: of everybody who sends, both tracks; or whose own connection stands.
func (p *person) reached() bool {
	if len(p.senders) > 0 {
		// None while the client makes a new one.
		connection := p.room.LocalParticipant.GetPublisherPeerConnection()
		return connection != nil && connection.ConnectionState() == webrtc.PeerConnectionStateConnected
	}
	hearing := 0
	for _, one := range p.receivers() {
		if one.hears() {
			hearing++
		}
	}
	return hearing == p.expected
}

// way is the kind of the person's own address of the connection in use, and the protocol: `host udp`, `relay udp`.
func (p *person) way() string {
	connection := p.room.LocalParticipant.GetSubscriberPeerConnection()
	if len(p.senders) > 0 {
		connection = p.room.LocalParticipant.GetPublisherPeerConnection()
	}
	if connection == nil || connection.SCTP() == nil {
		return "none"
	}
	pair, err := connection.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return "none"
	}
	// The kind of address "found by the other side" is one's own as well.
	return fmt.Sprintf("%s %s to %s", pair.Local.Typ, pair.Local.Protocol, pair.Remote.Address)
}
