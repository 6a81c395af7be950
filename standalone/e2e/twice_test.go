package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// fewest is how many stories have to be played by the real engine.
	fewest = 130
	// together is how many installations run at the same time, and starting how many start.
	together, starting = 40, 2
	// attempts is how often a story is played while the machine is too busy. Each attempt is half as fast as the one before.
	attempts = 3
	// catchUp is how long is waited for what a busy machine has not got round to.
	catchUp = 5 * time.Second
)

// TestEveryStoryIsToldTwice plays the timelines of package journey, which virtual time has told already, through the real
// workflow on a Temporal server with scaled time, and compares what became visible. Each story has an installation of its
// own. It does not run beside other tests: how late an engine is depends on how busy the machine is.
func TestEveryStoryIsToldTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes; runs without -short")
	}
	stories, err := readStories()
	require.NoError(t, err)
	stage := newStage(t, stories)
	began := time.Now()
	told := stage.playAll(stories)
	played := 0
	for i, s := range stories {
		if why := told[i].leftOut; why != "" {
			t.Logf("left out %s: %s", s.Name, why)
			continue
		}
		played++
		t.Logf("played %s at %g in %s, events at most %s late %s", s.Name, told[i].speed, told[i].took.Round(time.Second/10), told[i].late.Round(time.Minute), strings.Join(told[i].repeated, "; "))
		t.Run(s.Name, func(t *testing.T) {
			require.NoError(t, told[i].err)
			require.Empty(t, told[i].differences, "wanted:\n%s\ngot:\n%s", listed(told[i].want), listed(told[i].got))
		})
	}
	t.Logf("%d of %d stories played in %s", played, len(stories), time.Since(began).Round(time.Second))
	require.GreaterOrEqual(t, played, fewest)
}

func listed(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// telling is how a story went on the real engine.
type telling struct {
	leftOut     string
	speed       float64
	took, late  time.Duration
	repeated    []string // why attempts did not count
	want, got   []line
	differences []string
	err         error
}

// playAll plays the stories, the longest first.
func (st *stage) playAll(stories []*story) []telling {
	told := make([]telling, len(stories))
	var order []int
	for i, s := range stories {
		told[i].speed, told[i].leftOut = s.pace()
		if told[i].leftOut == "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(float64(stories[b].end())/told[b].speed - float64(stories[a].end())/told[a].speed)
	})
	free := make(chan struct{}, together)
	var all sync.WaitGroup
	for _, i := range order {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			st.tell(stories[i], &told[i])
		})
	}
	all.Wait()
	return told
}

// tell plays a story, and again more slowly when the machine was too busy for it.
func (st *stage) tell(s *story, told *telling) {
	began := time.Now()
	for attempt := range attempts {
		err := st.attempt(s, attempt, told)
		if late, ok := errors.AsType[errLate](err); ok && attempt < attempts-1 {
			told.repeated = append(told.repeated, fmt.Sprintf("again, because at %g %s", told.speed, late))
			told.speed /= 2
			continue
		}
		told.err = err
		break
	}
	told.took = time.Since(began)
}

func (st *stage) attempt(s *story, attempt int, told *telling) (err error) {
	st.starting <- struct{}{}
	h, err := openHouse(s, told.speed, st.addr, namespaceOf(s, attempt), filepath.Join(st.dir, namespaceOf(s, attempt)))
	<-st.starting
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	p := &playing{story: s, house: h, speed: told.speed}
	err = p.play(ctx)
	told.late = p.late
	if err != nil {
		return err
	}
	var late bool
	for patience := time.Now().Add(catchUp); ; {
		if late, err = p.judge(ctx, told); err != nil || len(told.differences) == 0 || time.Now().After(patience) {
			break
		}
		time.Sleep(latest)
	}
	if late && err == nil {
		return errLate{told.differences[0]}
	}
	return err
}

// judge compares what the real engine did with what virtual time tells, and says whether it was too late with anything.
func (p *playing) judge(ctx context.Context, told *telling) (late bool, err error) {
	got, state, err := p.lines(ctx)
	if err != nil {
		return false, err
	}
	told.got, told.want = got, p.golden
	if p.drawsLots() && p.simulates() {
		// Arms, spreads and the ids of tasks hang on the customer's id, which is another one in every record.
		if told.want, err = p.simulate(state.CustomerID, onTime, nil); err != nil {
			return false, err
		}
		told.got = unexposed(got)
	}
	allow := allowance{late: journeyTime(latest, p.speed), early: time.Second, publications: p.publications}
	if !p.simulates() {
		allow.early += p.spread() // of which the golden file has another customer's
		allow.once = p.spread()
	}
	c := compare(told.want, told.got, &allow)
	told.differences = append(c.found, p.miscounted(got)...)
	return c.late, nil
}

// miscounted compares the record with what the provider was really given.
func (p *playing) miscounted(got []line) []string {
	var recorded []string
	for _, l := range got {
		if l.isHandover() {
			recorded = append(recorded, l.words[strings.LastIndex(l.words, " ")+1:])
		}
	}
	taken := p.provider.all()
	slices.Sort(recorded)
	slices.Sort(taken)
	if slices.Equal(recorded, taken) {
		return nil
	}
	return []string{fmt.Sprintf("the provider took %q, the record says %q", taken, recorded)}
}

// drawsLots tells whether anything in the story depends on who the customer is.
func (s *story) drawsLots() bool {
	return slices.ContainsFunc([]string{"holdout", "split", "spread", "task"}, s.says)
}
