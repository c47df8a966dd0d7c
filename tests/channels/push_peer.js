// web-push-testing on a free port of loopback; by itself it takes one that is given, on all
// addresses. Says its own address on a line, and ends with its standard input.
"use strict";

const { PushApiModel } = require("web-push-testing/src/PushApiModel");
const Server = require("web-push-testing/src/server");

const model = new PushApiModel();
const server = new Server(model, 0);
const listen = server._app.listen.bind(server._app);
server._app.listen = (port, ready) => {
  const listening = listen(port, "127.0.0.1", () => {
    const address = `http://127.0.0.1:${listening.address().port}`;
    model.notifyUrl = `${address}/notify/`;
    console.log(address);
  });
  return listening;
};
server.startServer();
process.stdin.on("end", () => process.exit(0)).resume();
