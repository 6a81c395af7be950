// Posts an order and many other events the way a shop's backend would, and prints which the client says were delivered.
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey, user, count] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxEventsInBatch: 20, flushInterval: 200, maxRetries: 10 });
const delivered = [];
const failed = [];
analytics.on("error", () => {}); // the callbacks say which
const heard = (messageId) => (err) => (err ? failed : delivered).push(messageId);

const post = (i) => {
  const messageId = `${user}-${i}`;
  if (i === 0) {
    analytics.identify({ userId: user, messageId, traits: { email: `${user}@example.com`, locale: "nl-NL" } }, heard(messageId));
  } else if (i === 1) {
    const properties = { order_id: user, total: 12.5, currency: "EUR", products: [{ name: "Thee", quantity: 1, price: 12.5 }] };
    analytics.track({ userId: user, messageId, event: "Order Completed", properties }, heard(messageId));
  } else {
    analytics.track({ userId: user, messageId, event: "Product Viewed", properties: { n: i } }, heard(messageId));
  }
};

(async () => {
  for (let i = 0; i < count; i++) {
    post(i);
    if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await analytics.closeAndFlush();
  console.log(JSON.stringify({ delivered, failed }));
})();
