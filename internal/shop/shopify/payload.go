package shopify

import "klantreis/internal/shop"

// order is what is read of an order.
type order struct {
	ID              id            `json:"id"`
	Name            string        `json:"name"`
	Test            bool          `json:"test"`
	Email           string        `json:"email"`
	ContactEmail    string        `json:"contact_email"`
	CheckoutToken   string        `json:"checkout_token"`
	CreatedAt       instant       `json:"created_at"`
	UpdatedAt       instant       `json:"updated_at"`
	CancelledAt     instant       `json:"cancelled_at"`
	CancelReason    string        `json:"cancel_reason"`
	FinancialStatus string        `json:"financial_status"`
	FulfilStatus    string        `json:"fulfillment_status"`
	Currency        string        `json:"currency"`
	Presentment     string        `json:"presentment_currency"`
	TaxesIncluded   bool          `json:"taxes_included"`
	Total           shop.Decimal  `json:"total_price"`
	TotalSet        moneySet      `json:"total_price_set"`
	CurrentTotal    shop.Decimal  `json:"current_total_price"`
	Subtotal        shop.Decimal  `json:"subtotal_price"`
	Tax             shop.Decimal  `json:"total_tax"`
	Discounts       shop.Decimal  `json:"total_discounts"`
	Shipping        moneySet      `json:"total_shipping_price_set"`
	Codes           []discount    `json:"discount_codes"`
	Locale          string        `json:"customer_locale"`
	StatusURL       string        `json:"order_status_url"`
	Customer        *customer     `json:"customer"`
	ShippingAddress *address      `json:"shipping_address"`
	BillingAddress  *address      `json:"billing_address"`
	Lines           []line        `json:"line_items"`
	Fulfilments     []fulfilment  `json:"fulfillments"`
	Refunds         []orderRefund `json:"refunds"`
}

type discount struct {
	Code string `json:"code"`
}

// moneySet is one amount in the currency of the shop and in that which the customer sees.
type moneySet struct {
	Shop        amount `json:"shop_money"`
	Presentment amount `json:"presentment_money"`
}

type amount struct {
	Amount   shop.Decimal `json:"amount"`
	Currency string       `json:"currency_code"`
}

func (a amount) money() (shop.Money, error) { return shop.Parse(a.Amount, a.Currency) }

// line is one line of an order or a checkout.
type line struct {
	ID        id           `json:"id"`
	ProductID id           `json:"product_id"`
	VariantID id           `json:"variant_id"`
	SKU       string       `json:"sku"`
	Title     string       `json:"title"`
	Variant   string       `json:"variant_title"`
	Vendor    string       `json:"vendor"`
	Price     shop.Decimal `json:"price"`
	Quantity  int64        `json:"quantity"`
	// Current is how much of it is left after edits and refunds. Absent in a checkout.
	Current *int64 `json:"current_quantity"`
}

type fulfilment struct {
	ID        id      `json:"id"`
	OrderID   id      `json:"order_id"`
	Status    string  `json:"status"`
	Shipment  string  `json:"shipment_status"`
	CreatedAt instant `json:"created_at"`
	UpdatedAt instant `json:"updated_at"`
}

type fulfilmentEvent struct {
	ID           id      `json:"id"`
	OrderID      id      `json:"order_id"`
	FulfilmentID id      `json:"fulfillment_id"`
	Status       string  `json:"status"`
	HappenedAt   instant `json:"happened_at"`
	CreatedAt    instant `json:"created_at"`
}

// orderRefund is a refund, inside an order or by itself.
type orderRefund struct {
	ID           id            `json:"id"`
	OrderID      id            `json:"order_id"`
	CreatedAt    instant       `json:"created_at"`
	ProcessedAt  instant       `json:"processed_at"`
	Lines        []refundLine  `json:"refund_line_items"`
	Adjustments  []adjustment  `json:"order_adjustments"`
	Transactions []transaction `json:"transactions"`
}

type refundLine struct {
	LineID      id       `json:"line_item_id"`
	Quantity    int64    `json:"quantity"`
	Restock     string   `json:"restock_type"`
	SubtotalSet moneySet `json:"subtotal_set"`
	TaxSet      moneySet `json:"total_tax_set"`
}

type adjustment struct {
	AmountSet moneySet `json:"amount_set"`
	TaxSet    moneySet `json:"tax_amount_set"`
}

type transaction struct {
	Kind     string       `json:"kind"`
	Status   string       `json:"status"`
	Amount   shop.Decimal `json:"amount"`
	Currency string       `json:"currency"`
}

// customer is what is read of a customer.
type customer struct {
	ID        id       `json:"id"`
	Email     string   `json:"email"`
	Phone     string   `json:"phone"`
	FirstName string   `json:"first_name"`
	LastName  string   `json:"last_name"`
	Locale    string   `json:"locale"`
	UpdatedAt instant  `json:"updated_at"`
	Address   *address `json:"default_address"`
	Consent   *consent `json:"email_marketing_consent"`
}

type address struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	City      string `json:"city"`
	Zip       string `json:"zip"`
	Province  string `json:"province_code"`
	Country   string `json:"country_code"`
}

type consent struct {
	State     string  `json:"state"`
	Level     string  `json:"opt_in_level"`
	UpdatedAt instant `json:"consent_updated_at"`
	From      string  `json:"consent_collected_from"`
}

// consentUpdate is a webhook about a customer's consent alone.
type consentUpdate struct {
	CustomerID id       `json:"customer_id"`
	Email      string   `json:"email_address"`
	Consent    *consent `json:"email_marketing_consent"`
}

// checkout is what is read of a checkout.
type checkout struct {
	Token       string       `json:"token"`
	Email       string       `json:"email"`
	CreatedAt   instant      `json:"created_at"`
	UpdatedAt   instant      `json:"updated_at"`
	CompletedAt instant      `json:"completed_at"`
	Currency    string       `json:"currency"`
	Presentment string       `json:"presentment_currency"`
	Total       shop.Decimal `json:"total_price"`
	Tax         shop.Decimal `json:"total_tax"`
	Discounts   shop.Decimal `json:"total_discounts"`
	URL         string       `json:"abandoned_checkout_url"`
	Locale      string       `json:"customer_locale"`
	Customer    *customer    `json:"customer"`
	Shipping    *address     `json:"shipping_address"`
	Billing     *address     `json:"billing_address"`
	Lines       []line       `json:"line_items"`
}

// product is what is read of a product.
type product struct {
	ID        id        `json:"id"`
	Title     string    `json:"title"`
	Handle    string    `json:"handle"`
	Vendor    string    `json:"vendor"`
	Type      string    `json:"product_type"`
	Status    string    `json:"status"`
	UpdatedAt instant   `json:"updated_at"`
	Image     *image    `json:"image"`
	Variants  []variant `json:"variants"`
}

type image struct {
	Src string `json:"src"`
}

type variant struct {
	ID       id           `json:"id"`
	SKU      string       `json:"sku"`
	Title    string       `json:"title"`
	Price    shop.Decimal `json:"price"`
	Policy   string       `json:"inventory_policy"`
	Tracked  string       `json:"inventory_management"`
	Quantity int64        `json:"inventory_quantity"`
}

// privacyPayload is what is read of the privacy webhooks.
type privacyPayload struct {
	Customer struct {
		ID    id     `json:"id"`
		Email string `json:"email"`
	} `json:"customer"`
	Request struct {
		ID id `json:"id"`
	} `json:"data_request"`
}

// merged is what is read of two customers who became one.
type merged struct {
	Kept id `json:"admin_graphql_api_customer_kept_id"`
	Gone id `json:"admin_graphql_api_customer_deleted_id"`
}
