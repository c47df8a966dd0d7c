// A receiver as somebody else would write it, with the npm library of Standard Webhooks.
// Usage: node webhook_receiver.js SECRET
// Listens on loopback, prints its port, then a line of JSON for each request: what it has made of it.
const http = require("http");
const { Webhook } = require("standardwebhooks");

const webhook = new Webhook(process.argv[2]);

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const told = { id: request.headers["webhook-id"], at: request.headers["webhook-timestamp"] };
    try {
      told.verified = webhook.verify(Buffer.concat(parts).toString(), request.headers);
      response.writeHead(204);
    } catch (problem) {
      told.refused = problem.message;
      response.writeHead(401);
    }
    console.log(JSON.stringify(told));
    response.end();
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
