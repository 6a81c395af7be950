package torture

import "math"

// known: how many orders a customer bought, and what for, is what the events say that decisions saw.
func (c *checker) known() {
	orders, gone := map[string]map[string]float64{}, map[string]bool{}
	for _, one := range c.events {
		switch {
		case !one.Consumed || one.CustomerID == "":
		case one.Name == completed:
			if orders[one.CustomerID] == nil {
				orders[one.CustomerID] = map[string]float64{}
			}
			orders[one.CustomerID][one.OrderID] = one.Total
		case one.Name == cancelled || one.Name == refunded: // always of the whole order
			gone[one.OrderID] = true
		}
	}
	for _, customer := range c.customers {
		count, spent := 0, 0.0
		for id, total := range orders[customer.ID] {
			if !gone[id] {
				count++
				spent += total
			}
		}
		if customer.Orders != count || math.Abs(customer.Spent-spent) > 0.01 {
			c.breach(ruleFacts, "%s bought %d orders for %.2f and is known for %d for %.2f", customer.UserID, count, spent, customer.Orders, customer.Spent)
		}
	}
}
