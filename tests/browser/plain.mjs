// The whole way from the list to undo in a browser without JavaScript.
import assert from "node:assert/strict";
import { arrived, atena, enter, hold, openMail, row, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  const [mail, other] = [slip("one"), slip("two")];
  await hold(mail);
  const otherId = await hold(other);
  const page = await enter(browser, { javaScriptEnabled: false });

  step("the browser itself asks for what is not ticked");
  await openMail(page, mail.subject);
  const send = page.getByRole("button", { name: "Send", exact: true });
  await send.click();
  assert.ok(await page.locator(".mail h1").isVisible(), "still there");
  assert.equal((await stored("held")).length, 2);

  step("ticked, sent, taken back");
  await tickAll(page);
  await send.click();
  await told(page, "The mail goes out.");
  assert.equal((await stored("ready")).length, 1);
  await page.getByRole("button", { name: "Undo" }).click();
  await told(page, "Taken back");
  assert.equal((await stored("held")).length, 2);

  step("language, search, HTML and history are there");
  await page.getByRole("link", { name: "日本語" }).click();
  await page.getByRole("heading", { name: "確認待ち" }).or(page.getByRole("link", { name: /確認待ち/ })).first().waitFor();
  await page.getByRole("link", { name: "English" }).click();
  await page.locator("#q").fill("order two");
  await page.getByRole("button", { name: "Search" }).click();
  assert.equal(await row(page, other.subject).count(), 1);
  assert.equal(await row(page, mail.subject).count(), 0);

  step("several at once");
  await page.goto(page.url().split("?")[0]);
  for (const box of await page.locator("input[name=id]").all()) await box.check();
  await page.getByRole("button", { name: "Send chosen" }).click();
  const its = page.locator("form[action='/bulk/do'] li", { hasText: other.subject }).locator("[name=tick]");
  for (const box of await its.all()) await box.check();
  await page.getByRole("button", { name: "Send the ticked ones" }).click();
  await told(page, "The mail goes out.");
  assert.equal((await stored("ready")).length, 1);
  assert.equal((await atena("held", "release", otherId)).code, 0);
  assert.deepEqual((await arrived(1)).map((one) => one.raw), [other.raw.toString("latin1")]);
});
