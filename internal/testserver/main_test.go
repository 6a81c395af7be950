package testserver

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// childVariable makes the test binary start servers, tell where they are, and wait to be killed.
const childVariable = "KLANTREIS_TESTSERVER_CHILD"

func TestChildProcess(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("this is the body of the child process of TestKilledProcessTakesItsServersAlong")
	}
	postgres, redis := StartPostgres(t), StartRedis(t)
	fmt.Println("folder", postgres.cluster.command.dir)
	fmt.Println("folder", redis.command.dir)
	fmt.Println("address", fmt.Sprintf("127.0.0.1:%d", postgres.cluster.port))
	fmt.Println("address", redis.Addr)
	fmt.Println("ready")
	select {}
}

// startChild runs TestChildProcess in a process of its own and returns what it told, by kind.
func startChild(t *testing.T) (*exec.Cmd, map[string][]string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestChildProcess$")
	child.Env = append(os.Environ(), childVariable+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told := map[string][]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var kind, value string
		if _, err := fmt.Sscan(lines.Text(), &kind, &value); err == nil {
			told[kind] = append(told[kind], value)
		}
		if lines.Text() == "ready" {
			return child, told
		}
	}
	t.Fatal("the child process ended before it was ready")
	return nil, nil
}
