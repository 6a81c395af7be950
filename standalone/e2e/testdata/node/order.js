// Posts one order the way a shop's backend would, three times over.
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxRetries: 0 });
analytics.on("error", (err) => {
  console.error(err);
  process.exit(1);
});
analytics.identify({ userId: "piet", traits: { email: "piet@example.com", firstName: "Piet", locale: "nl-NL" } });
for (let i = 0; i < 3; i++) {
  analytics.track({
    userId: "piet",
    event: "Order Completed",
    properties: { order_id: 2002, total: 12.5, currency: "EUR", products: [{ name: "Thee", quantity: 1, price: 12.5 }] },
  });
}
analytics.closeAndFlush().then(() => process.exit(0));
