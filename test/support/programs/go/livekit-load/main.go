// Load on media servers: people who send a picture and a sound in rooms, and people who receive them, all in this process. Reads one line of JSON (settings) and lets
// everybody join; then each further line is a number of seconds, for which packets are sent and counted. Every answer is a line of JSON. Ends with its input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

type videoSettings struct {
	FramesPerSecond int `json:"framesPerSecond"`
	PacketsPerFrame int `json:"packetsPerFrame"`
	BytesPerPacket  int `json:"bytesPerPacket"`
}

type personSettings struct {
	Ticket string `json:"ticket"`
	Room   string `json:"room"`
	Sends  bool   `json:"sends"`
}

type settings struct {
	URL string `json:"url"`
	// Only by a relay.
	Relayed bool             `json:"relayed"`
	Video   videoSettings    `json:"video"`
	People  []personSettings `json:"people"`
}

// figures of one window. Delays are one-way, in microseconds.
type figures struct {
	Event    string `json:"event"`
	People   int    `json:"people"`
	Reached  int    `json:"reached"`
	Expected int    `json:"expected"`
	Received int    `json:"received"`
	Median   int64  `json:"median"`
	Late     int64  `json:"late"`
	Most     int64  `json:"most"`
}

var (
	leaving    atomic.Bool
	complaints sync.Map
)

// complain writes each kind of complaint once.
func complain(what string, err error) {
	if _, known := complaints.LoadOrStore(what, true); !known {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	}
}

func tell(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	lksdk.SetLogger(logger.GetDiscardLogger())
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	if !input.Scan() {
		return fmt.Errorf("expected settings as a line of JSON, got none")
	}
	var asked settings
	if err := json.Unmarshal(input.Bytes(), &asked); err != nil {
		return err
	}
	everybody, err := people(asked)
	if err != nil {
		return err
	}
	ways := map[string]int{}
	for _, one := range everybody {
		ways[one.way()]++
	}
	tell(map[string]any{"event": "joined", "ways": ways})
	for window := uint32(1); input.Scan(); window++ {
		seconds, err := strconv.ParseFloat(strings.TrimSpace(input.Text()), 64)
		if err != nil {
			return err
		}
		tell(measure(everybody, window, time.Duration(seconds*float64(time.Second))))
	}
	leaving.Store(true)
	for _, one := range everybody {
		one.room.Disconnect()
	}
	return nil
}

// Time for streams that were silent to flow again, and for the last packets to arrive or to be repaired.
const (
	before = 4 * time.Second
	after  = 1000 * time.Millisecond
)

// measure sends for a while and gives what arrived of what was sent.
func measure(everybody []*person, window uint32, length time.Duration) figures {
	quit := make(chan struct{})
	var running sync.WaitGroup
	tracks := 0
	for _, one := range everybody {
		for _, sends := range one.senders {
			sends.window.Store(uncounted)
			sends.counted.Store(0)
			// Not all in the same moment.
			lag := time.Duration(tracks*7%33) * time.Millisecond
			tracks++
			running.Add(1)
			go func() {
				defer running.Done()
				time.Sleep(lag)
				sends.send(quit)
			}()
		}
	}
	time.Sleep(before)
	each(everybody, func(one *receiver) { one.count(window) })
	setWindow(everybody, window)
	tell(map[string]any{"event": "begun"})
	time.Sleep(length)
	setWindow(everybody, uncounted)
	tell(map[string]any{"event": "ended"})
	time.Sleep(after)
	close(quit)
	running.Wait()
	return counted(everybody)
}

func each(everybody []*person, do func(*receiver)) {
	for _, one := range everybody {
		for _, hears := range one.receivers() {
			do(hears)
		}
	}
}

func setWindow(everybody []*person, window uint32) {
	for _, one := range everybody {
		for _, sends := range one.senders {
			sends.window.Store(window)
		}
	}
}

func counted(everybody []*person) figures {
	found := figures{Event: "figures", People: len(everybody)}
	// By room, then by track.
	sent := map[string]map[string]int{}
	for _, one := range everybody {
		for _, sends := range one.senders {
			if sent[one.asked.Room] == nil {
				sent[one.asked.Room] = map[string]int{}
			}
			sent[one.asked.Room][one.room.LocalParticipant.Identity()+"/"+sends.kind] = int(sends.counted.Load())
		}
	}
	var delays []int64
	for _, one := range everybody {
		if one.reached() {
			found.Reached++
		}
		found.Expected += one.due(sent)
		for _, hears := range one.receivers() {
			for _, delay := range hears.take() {
				delays = append(delays, delay/1_000)
			}
		}
	}
	found.Received = len(delays)
	if len(delays) > 0 {
		slices.Sort(delays)
		found.Median, found.Late, found.Most = delays[len(delays)/2], delays[len(delays)*95/100], delays[len(delays)-1]
	}
	return found
}
