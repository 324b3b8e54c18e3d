// Ten thousand mails wait: the page stays small, and every mail is reached.
import assert from "node:assert/strict";
import { enter, origin, picture, row, script } from "./desk.mjs";

await script(async (browser, step) => {
  const page = await enter(browser);

  step("the first page is small");
  let octets = 0;
  const answers = [];
  page.on("response", (answer) => answers.push(answer.body().then((body) => { octets += body.length; }, () => {})));
  await page.goto(origin, { waitUntil: "load" });
  await Promise.all(answers.splice(0));
  assert.ok(octets > 10_000 && octets < 100_000, `HTML, style and script are ${octets} octets`);
  console.log(`the first page of ten thousand mails: ${octets} octets`);
  assert.equal(await page.locator("[data-row]").count(), 50);
  assert.match(await page.getByRole("link", { name: /Waiting for a decision/ }).innerText(), /10000/);
  await picture(page, "many");

  step("page after page, none twice");
  const seen = new Set();
  for (let n = 0; n < 4; n += 1) {
    for (const subject of await page.locator("[data-row] .subject").allInnerTexts()) {
      assert.ok(!seen.has(subject), `${subject} is there twice`);
      seen.add(subject);
    }
    const url = page.url();
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL((other) => other.href !== url);
  }
  assert.equal(seen.size, 200);
  assert.ok(seen.has("Offer number 0") && seen.has("Offer number 199"));

  step("the riskiest first");
  await page.goto(`${origin}/?order=risk`);
  assert.equal((await page.locator("[data-row] .subject").allInnerTexts()).filter((subject) => /99$/.test(subject)).length, 50);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/after=/);
  assert.equal((await page.locator("[data-row] .subject").allInnerTexts()).filter((subject) => /99$/.test(subject)).length, 50);

  step("the last one is found");
  // Ids are random: digits alone may be in one of ten thousand.
  await page.locator("#q").fill("buyer9999@");
  await page.getByRole("button", { name: "Search" }).click();
  await row(page, "Offer number 9999").waitFor();
  assert.equal(await page.locator("[data-row]").count(), 1);
});
