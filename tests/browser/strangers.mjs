// Who has no session sees no mail; what is no form of the page's own changes nothing; and no GET does.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { ask, enter, hold, origin, scene, script, stored } from "./desk.mjs";
import { slip } from "./mails.mjs";

/// One request as no browser would send it.
const http = (method, path, headers = {}, body = "") => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(origin);
  const sent = request({ hostname, port, path, method, headers }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
  });
  sent.on("error", reject).end(body);
});

const form = { "content-type": "application/x-www-form-urlencoded" };

await script(async (browser, step) => {
  const mail = slip();
  const id = await hold(mail);
  const before = JSON.stringify(await stored("held"));
  const unchanged = async (what) => assert.equal(JSON.stringify(await stored("held")), before, `${what} changed something`);
  const page = await enter(browser);
  const [session] = (await page.context().cookies()).filter(({ httpOnly }) => httpOnly);
  const cookie = `${session.name}=${session.value}`;
  const gets = ["/", "/?q=quotation", `/mail/${id}`, `/mail/${id}/draft.eml`, `/mail/${id}/html/0`, `/mail/${id}/send`,
    `/mail/${id}/drop`, `/mail/${id}/cancel`, "/bulk", "/bulk/do"];

  step("without a session nothing of a mail is seen");
  for (const path of [...gets, "/events"]) {
    for (const headers of [{}, { cookie: `${session.name}=${session.value.slice(0, -2)}` }, { cookie: `${session.name}=` }]) {
      const { status, text } = await http("GET", path, headers);
      assert.equal(status, 401, `GET ${path}`);
      assert.doesNotMatch(text, /Quotation|alderbio|Robert|Sarah/, `GET ${path}`);
    }
  }
  const stranger = await (await browser.newContext()).newPage();
  assert.equal((await stranger.goto(`${origin}/mail/${id}`)).status(), 401);
  await stranger.getByText("This page opens with a link").waitFor();
  assert.equal((await stranger.goto(`${origin}/enter?token=${"x".repeat(40)}`)).status(), 401);

  step("a scanner that opens every link with a session changes nothing");
  for (const path of gets) {
    for (const method of ["GET", "HEAD"]) {
      const { status } = await http(method, path, { cookie });
      assert.ok(status < 500 && status !== 405, `${method} ${path} is answered with ${status}`);
    }
  }
  await unchanged("a GET");

  step("an action's address, loaded again, shows the mail");
  assert.equal((await page.goto(`${origin}/mail/${id}/send`)).status(), 200);
  await page.locator("h1", { hasText: mail.subject }).waitFor();

  step("a form without its token, or with another's, does nothing");
  const token = await page.locator("input[name=token]").first().inputValue();
  const ticks = await page.locator("input[name=tick]").evaluateAll((boxes) => boxes.map((box) => box.value));
  const fields = (token) => new URLSearchParams([...(token === null ? [] : [["token", token]]), ["id", id], ["action", "drop"],
    ...ticks.map((tick) => ["tick", tick])]).toString();
  const posts = [`/mail/${id}/send`, `/mail/${id}/drop`, `/mail/${id}/cancel`, "/bulk", "/bulk/do"];
  const other = await enter(browser);
  await other.goto(`${origin}/mail/${id}`);
  const others = await other.locator("input[name=token]").first().inputValue();
  for (const path of posts) {
    for (const wrong of [null, "", "x", others, token.slice(1)]) {
      const { status, text } = await http("POST", path, { ...form, cookie }, fields(wrong));
      assert.equal(status, 403, `POST ${path} with the token ${wrong}`);
      assert.doesNotMatch(text, /Quotation|alderbio/);
    }
    assert.equal((await http("POST", path, form, fields(token))).status, 401, `POST ${path} without a session`);
  }
  await unchanged("a form without a token");

  step("nothing is done for another site, or under another name");
  const { host } = new URL(origin);
  for (const headers of [{ origin: "http://evil.test" }, { origin: "null" }, { origin: `http://evil.test:${scene.relay}` },
    { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { host: "evil.test" }, { host: `evil.test:${new URL(origin).port}` }]) {
    for (const path of posts) {
      const { status } = await http("POST", path, { ...form, cookie, ...headers }, fields(token));
      assert.equal(status, 403, `POST ${path} with ${JSON.stringify(headers)}`);
    }
  }
  for (const name of ["evil.test", "127.0.0.1", `${host}.evil.test`]) {
    const { status, text } = await http("GET", `/mail/${id}`, { cookie, host: name });
    assert.equal(status, 403, `Host: ${name}`);
    assert.doesNotMatch(text, /Quotation/);
  }
  await unchanged("another site");

  step("a page of another site cannot press the buttons, read the mail or frame it");
  const evil = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(
    `<body><iframe name=in src="${origin}/mail/${id}"></iframe><script>
     fetch("${origin}/mail/${id}", { credentials: "include", mode: "no-cors" }).catch(() => {});
     fetch("${origin}/mail/${id}", { credentials: "include" }).then((a) => a.text()).then((t) => { document.title = "read " + t; }, () => { document.title = "refused"; });
     </script><form method=post action="${origin}/mail/${id}/drop"><input name=token value="${token}"><button>Free gift</button></form>`));
  await new Promise((done) => evil.listen(0, "127.0.0.1", done));
  for (const name of ["127.0.0.1", "localhost"]) {
    const lured = await page.context().newPage();
    await lured.goto(`http://${name}:${evil.address().port}/`);
    await lured.waitForFunction(() => document.title === "refused");
    const framed = lured.frame("in");
    assert.ok(!framed || !(await framed.content()).includes("Quotation"), "it cannot be framed");
    const [answer] = await Promise.all([lured.waitForResponse(/drop/), lured.getByRole("button").click()]);
    assert.equal(answer.status(), 403, `from ${name}`);
    await lured.close();
  }
  evil.close();
  await unchanged("a page of another site");

  step("answers are not kept, framed or guessed, and the log has no mail in it");
  const { headers } = await http("GET", `/mail/${id}`, { cookie });
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
  assert.ok(session.sameSite === "Lax" && session.httpOnly);
  assert.doesNotMatch(await ask("log"), /Quotation|alderbio|Robert|Sarah/);
});
