// Whatever the HTML of a mail tries, nothing runs, no request leaves, and the page around it stays as it is.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { ask, enter, hold, openMail, origin, picture, script, stored } from "./desk.mjs";
import { hostile } from "./mails.mjs";

await script(async (browser, step) => {
  const caught = [];
  const trap = createServer((request, answer) => { caught.push(request.url); answer.end(); });
  await new Promise((done) => trap.listen(0, "127.0.0.1", done));
  const lair = `http://127.0.0.1:${trap.address().port}`;
  await hold(hostile(lair));
  const page = await enter(browser);
  const asked = [];
  const dialogs = [];
  page.context().on("request", (request) => asked.push(request.url()));
  page.context().on("page", (opened) => dialogs.push(`a window: ${opened.url()}`));
  page.on("dialog", (dialog) => { dialogs.push(dialog.message()); return dialog.dismiss(); });

  step("the subject is text");
  await openMail(page, "Offer");
  assert.match(await page.locator("h1").innerText(), /<script>alert\('subject'\)<\/script> Offer/);

  step("the text is shown, and nothing else of it");
  await page.locator("details.html summary").click();
  const letter = page.frameLocator("iframe");
  await letter.getByText("Dear Sarah").first().waitFor();
  const marked = await letter.locator("mark").allInnerTexts();
  assert.deepEqual(marked, ["Sa", "rah1", "is attached2"], "words are marked where they are seen");
  assert.equal(await letter.locator("script, iframe, form, input, object, embed, svg, math, video, audio, link, base, meta[http-equiv]").count(), 0);
  const leads = await letter.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(leads.filter((href) => href !== null && !href.startsWith(lair)), [], "links lead to addresses of the web only");
  await picture(page, "hostile");

  step("it cannot lie over the page, whatever its styles");
  const drop = await page.locator(".drop summary").boundingBox();
  const top = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y).closest("summary")?.textContent, { x: drop.x + 5, y: drop.y + 5 });
  assert.equal(top, "Drop …");

  step("its links lead nowhere by themselves, and clicked stay in the frame");
  const before = page.url();
  await letter.locator("body").evaluate((body) => body.querySelectorAll("a").forEach((link) => link.click()));
  await page.reload();
  assert.equal(page.url(), before);
  assert.equal((await stored("held")).length, 1);

  step("no request but to the page");
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:") && !url.startsWith("chrome-error:")), []);
  assert.deepEqual(caught, []);
  assert.deepEqual(dialogs, []);

  step("the same HTML opened by itself runs nothing either");
  const source = await page.locator("iframe").getAttribute("src");
  await page.goto(origin + source);
  await page.getByText("Dear Sarah").first().waitFor();
  assert.deepEqual(dialogs, []);
  assert.deepEqual(caught, []);

  step("the trap works");
  await page.goto(lair);
  assert.equal(caught[0], "/");
  trap.close();
  assert.doesNotMatch(await ask("log"), /Offer|Sarah|alderbio|quotation/);
});
