package torture

// asPosted: an event in the record is the one that was posted, and belongs to the customer whose it is.
func (c *checker) asPosted() {
	userOf := map[string]string{}
	for _, one := range c.customers {
		userOf[one.ID] = one.UserID
	}
	owners := c.owners()
	for _, p := range c.posted {
		stored, there := c.storedOf[p.MessageID]
		if there && (stored.Name != p.Name || stored.UserID != p.UserID || stored.OrderID != p.OrderID) {
			c.breach(ruleStored, "event %s was posted as %s of %q about %q and is stored as %s of %q about %q",
				p.MessageID, p.Name, p.UserID, p.OrderID, stored.Name, stored.UserID, stored.OrderID)
		}
		if owner, known := owners[p.Device]; there && p.UserID == "" && known {
			c.belongs(stored, owner, userOf)
		}
	}
	for _, one := range c.events {
		if one.UserID != "" {
			c.belongs(one, one.UserID, userOf)
		}
	}
}

// owners says whose a device is: that of the user who was identified with it.
func (c *checker) owners() map[string]string {
	owners := map[string]string{}
	for _, p := range c.posted {
		if p.Device != "" && p.UserID != "" && !p.Acked.IsZero() {
			owners[p.Device] = p.UserID
		}
	}
	return owners
}

// belongs demands that an event is with the customer of a user.
func (c *checker) belongs(one storedEvent, user string, userOf map[string]string) {
	owner, there := userOf[one.CustomerID]
	switch {
	case one.CustomerID == "":
		c.breach(ruleOwner, "event %s of %s belongs to nobody", one.MessageID, user)
	case !there:
		c.breach(ruleOwner, "event %s of %s belongs to customer %s, who is not there", one.MessageID, user, one.CustomerID)
	case c.person(owner) != c.person(user):
		c.breach(ruleOwner, "event %s of %s belongs to %s", one.MessageID, user, owner)
	}
}

// joined: two ids of which it was acknowledged that they are one person are one customer, and no id is two.
func (c *checker) joined() {
	times := map[string]int{}
	for _, one := range c.customers {
		if times[one.UserID]++; times[one.UserID] == 2 {
			c.breach(ruleOwner, "%s is two customers", one.UserID)
		}
	}
	for _, p := range c.posted {
		if p.Name == alias && !p.Acked.IsZero() && times[p.UserID] > 0 && times[p.Former] > 0 {
			c.breach(ruleOwner, "%s and %s are one person and two customers", p.UserID, p.Former)
		}
	}
}
