// The least that answers as temper's service does: what it is measured beside. Standard library only.
//
//	peer extender
//	peer webhook CERT KEY PATCH AUDIT
//
// It listens on a free port of the loopback, prints it, and ends when its standard input does.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{IdleTimeout: 2 * time.Minute}
	switch {
	case len(os.Args) == 2 && os.Args[1] == "extender":
		server.Handler = answering(prioritize)
	case len(os.Args) == 6 && os.Args[1] == "webhook":
		pair, err := tls.LoadX509KeyPair(os.Args[2], os.Args[3])
		if err != nil {
			log.Fatal(err)
		}
		// As temper's: HTTP/1.1.
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}})
		server.Handler = answering(reviewer([]byte(os.Args[4]), []byte(os.Args[5])))
	default:
		log.Fatal("peer extender | peer webhook CERT KEY PATCH AUDIT")
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(server.Serve(listener))
}

// Reads JSON, answers JSON.
func answering[In, Out any](answer func(*In) Out) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		var in In
		if err := json.NewDecoder(request.Body).Decode(&in); err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		body, err := json.Marshal(answer(&in))
		if err != nil {
			http.Error(writer, err.Error(), http.StatusInternalServerError)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		writer.Write(body)
	})
}
