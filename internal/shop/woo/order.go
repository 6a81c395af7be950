package woo

import "slices"

// order is what is read of an order. Everything else in the payload is ignored.
type order struct {
	ID       text `json:"id"`
	Number   text `json:"number"`
	Status   text `json:"status"`
	Currency text `json:"currency"`

	CreatedAt   gmt `json:"date_created_gmt"`
	ModifiedAt  gmt `json:"date_modified_gmt"`
	PaidAt      gmt `json:"date_paid_gmt"`
	CompletedAt gmt `json:"date_completed_gmt"`

	Total         text `json:"total"`
	TotalTax      text `json:"total_tax"`
	ShippingTotal text `json:"shipping_total"`
	ShippingTax   text `json:"shipping_tax"`
	DiscountTotal text `json:"discount_total"`

	PaymentMethod text `json:"payment_method"`
	// PaymentURL is where the customer can pay after all.
	PaymentURL text `json:"payment_url"`
	CustomerID text `json:"customer_id"`

	Billing     object[address]  `json:"billing"`
	Shipping    object[address]  `json:"shipping"`
	LineItems   list[lineItem]   `json:"line_items"`
	CouponLines list[couponLine] `json:"coupon_lines"`
	Refunds     list[refund]     `json:"refunds"`
	Meta        list[meta]       `json:"meta_data"`
	// Lang is the language of the order in shops with Polylang.
	Lang text `json:"lang"`

	money money
}

// address is an address of an order or a customer.
type address struct {
	FirstName text `json:"first_name"`
	LastName  text `json:"last_name"`
	Company   text `json:"company"`
	Address1  text `json:"address_1"`
	Address2  text `json:"address_2"`
	City      text `json:"city"`
	State     text `json:"state"`
	Postcode  text `json:"postcode"`
	Country   text `json:"country"`
	Email     text `json:"email"`
	Phone     text `json:"phone"`
}

// lineItem is one line of an order. Total is what all its pieces cost together after discounts, without tax.
type lineItem struct {
	ID          text `json:"id"`
	Name        text `json:"name"`
	ProductID   text `json:"product_id"`
	VariationID text `json:"variation_id"`
	Quantity    text `json:"quantity"`
	Total       text `json:"total"`
	TotalTax    text `json:"total_tax"`
	SKU         text `json:"sku"`
}

// couponLine is a coupon that was used.
type couponLine struct {
	Code text `json:"code"`
}

// refund is money that was given back. Total is negative.
type refund struct {
	ID     text `json:"id"`
	Reason text `json:"reason"`
	Total  text `json:"total"`
}

// meta is what extensions add. Value may be anything.
type meta struct {
	Key   text     `json:"key"`
	Value anything `json:"value"`
}

// anything is a text, or nothing where something else was.
type anything string

// UnmarshalJSON implements json.Unmarshaler.
func (a *anything) UnmarshalJSON(raw []byte) error {
	var t text
	if err := t.UnmarshalJSON(raw); err != nil {
		t = ""
	}
	*a = anything(t)
	return nil
}

// language returns the language in which the customer ordered, as the extensions for several languages note it; "" in shops
// that have none.
func (o *order) language() string {
	for _, m := range o.Meta {
		if m.Key == "wpml_language" && m.Value != "" {
			return string(m.Value)
		}
	}
	return string(o.Lang)
}

// The statuses of WooCommerce, and those that the usual extensions for parcels add.
const (
	statusCheckoutDraft = "checkout-draft"
	statusPending       = "pending"
	statusOnHold        = "on-hold"
	statusProcessing    = "processing"
	statusCompleted     = "completed"
	statusCancelled     = "cancelled"
	statusRefunded      = "refunded"
	statusFailed        = "failed"
	statusTrash         = "trash"
	statusShipped       = "shipped"
	statusDelivered     = "delivered"
	statusReturned      = "returned"
)

// offline are the payment methods with which an order stands before it is paid.
var offline = []text{"bacs", "cheque", "cod"}

// begun tells whether the customer is at the checkout, and has not ordered yet.
func (o *order) begun() bool {
	switch o.Status {
	case statusCheckoutDraft, statusPending, statusFailed:
		return o.PaidAt.IsZero()
	}
	return false
}

// placed tells whether the customer ordered. What is on hold waits for a transfer of money. Of a status that an extension
// added only the payment tells.
func (o *order) placed() bool {
	switch o.Status {
	case statusOnHold, statusProcessing, statusCompleted, statusRefunded, statusShipped, statusDelivered, statusReturned:
		return true
	}
	return !o.PaidAt.IsZero()
}

// fulfilled tells whether everything is on its way, or was.
func (o *order) fulfilled() bool {
	switch o.Status {
	case statusCompleted, statusShipped, statusDelivered, statusReturned:
		return true
	}
	return !o.CompletedAt.IsZero()
}

// cancelled tells whether nothing comes of the order. One that was fulfilled and lies in the trash was only tidied away.
func (o *order) cancelled() bool {
	switch o.Status {
	case statusCancelled, statusFailed:
		return true
	case statusTrash:
		return !o.fulfilled()
	}
	return false
}

// progress is how orders usually go through statuses. It tells which of two versions of one second is the later.
var progress = []text{
	statusCheckoutDraft, statusPending, statusFailed, statusOnHold, statusProcessing, statusShipped, statusCompleted,
	statusDelivered, statusReturned, statusRefunded, statusCancelled, statusTrash,
}

// later tells whether a status usually follows another one. One that an extension added follows processing.
func later(status, than text) bool {
	rank := func(s text) int {
		if i := slices.Index(progress, s); i >= 0 {
			return i
		}
		return slices.Index(progress, statusProcessing)
	}
	return rank(status) > rank(than)
}
