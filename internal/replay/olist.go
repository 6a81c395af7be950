package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the local time of the shops has to be known on every machine
)

const (
	// olistFile is the name of the file with the orders, and olistFolder where it is looked for.
	olistFile   = "olist_orders_sample.csv"
	olistFolder = "shared/data"
	olistZone   = "America/Sao_Paulo"
	olistTime   = "1/2/2006 15:04"
)

// olistColumns are the columns that are read, in the order of olistRow.
var olistColumns = [...]string{
	"order_id", "order_status", "order_purchase_timestamp", "order_delivered_carrier_date", "order_delivered_customer_date",
}

// olistRow holds the values of olistColumns.
type olistRow [len(olistColumns)]string

// FindOlist returns the path of the orders: in shared/data of the working directory or of a folder above it. It returns
// an empty path when the file is in none of them.
func FindOlist() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the orders: %w", err)
	}
	for {
		path := filepath.Join(dir, filepath.FromSlash(olistFolder), olistFile)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// ReadOlist reads orders in the form of the Brazilian E-Commerce Public Dataset by Olist, in the order of the file.
// Its times are local to São Paulo.
func ReadOlist(r io.Reader) ([]Order, error) {
	zone, err := time.LoadLocation(olistZone)
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	at, err := olistPlaces(header)
	if err != nil {
		return nil, err
	}
	var orders []Order
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return orders, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read orders: %w", err)
		}
		var row olistRow
		for i := range row {
			row[i] = record[at[i]]
		}
		order, err := row.order(zone)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("read orders, line %d: %w", line, err)
		}
		orders = append(orders, order)
	}
}

// olistPlaces finds the columns in the header.
func olistPlaces(header []string) ([len(olistColumns)]int, error) {
	places := map[string]int{}
	for i, name := range header {
		places[name] = i
	}
	var at [len(olistColumns)]int
	for i, name := range olistColumns {
		place, ok := places[name]
		if !ok {
			return at, fmt.Errorf("read orders: there is no column %s", name)
		}
		at[i] = place
	}
	return at, nil
}

func (r olistRow) order(zone *time.Location) (Order, error) {
	if r[0] == "" {
		return Order{}, errors.New("the order has no id")
	}
	var times [3]time.Time
	for i, text := range r[2:] {
		if text == "" && i > 0 {
			continue
		}
		at, err := time.ParseInLocation(olistTime, text, zone)
		if err != nil {
			return Order{}, fmt.Errorf("%s: %w", olistColumns[i+2], err)
		}
		times[i] = at.UTC()
	}
	return Order{ID: r[0], Purchased: times[0], HandedOver: times[1], Delivered: times[2], Cancelled: r[1] == "canceled"}, nil
}
