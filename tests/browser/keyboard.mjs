// Everything without a mouse: Tab reaches all of it, and single keys do the usual things.
import assert from "node:assert/strict";
import { enter, hold, row, script, stored, there, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  // The list has the newest first.
  const [third, second, first] = [slip("third"), slip("second"), slip("first")];
  for (const mail of [third, second, first]) await hold(mail);
  const page = await enter(browser);
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const current = () => page.evaluate(() => document.activeElement.closest("[data-row]")?.querySelector(".subject").textContent);
  const focused = () => page.evaluate(() => document.activeElement.name || document.activeElement.textContent.trim());
  /// Presses Tab until `found`, in a bounded number of steps.
  const tabTo = async (found, what) => {
    for (let n = 0; n < 60; n += 1) {
      await press("Tab");
      if (await page.evaluate(found)) return;
    }
    assert.fail(`Tab does not reach ${what}; it ended at ${await focused()}`);
  };

  step("j and k go through the list and stop at its ends");
  await press("j");
  assert.equal(await current(), first.subject);
  await press("j", "j", "j");
  assert.equal(await current(), third.subject);
  await press("k");
  assert.equal(await current(), second.subject);

  step("x chooses the mail one stands on, also when Tab led there");
  await press("x");
  assert.ok(await row(page, second.subject).getByRole("checkbox").isChecked());
  await press("x");
  assert.ok(!await row(page, second.subject).getByRole("checkbox").isChecked());
  await tabTo(`document.activeElement.closest("[data-row]")?.textContent.includes("third") ?? false`, "the third mail");
  await press("x");
  assert.ok(await row(page, third.subject).getByRole("checkbox").isChecked());
  await press("k");
  assert.equal(await current(), second.subject, "from there on");

  step("/ searches, letters typed there are letters");
  await press("/");
  await page.keyboard.type("jxrd first");
  assert.equal(await page.locator("#q").inputValue(), "jxrd first");
  await page.locator("#q").fill("first");
  await press("Enter");
  await page.waitForURL(/q=first/);
  assert.equal(await row(page, second.subject).count(), 0);
  await press("j", "Enter");
  await there(page.locator(".mail h1", { hasText: first.subject }));

  step("r does nothing while something is to tick");
  await press("r");
  assert.equal((await stored("held")).length, 3);

  step("Tab and Space tick, r goes to Send, Enter sends");
  for (let n = 0; n < 3; n += 1) {
    await tabTo(`document.activeElement.name === "tick"`, "a box to tick");
    await press("Space");
  }
  await press("r");
  assert.equal(await focused(), "Send");
  await press("Enter");
  await told(page, "The mail goes out.");
  await tabTo(`document.activeElement.textContent === "Undo"`, "Undo");
  await press("Enter");
  await told(page, "Taken back");

  step("e changes the recipients, u goes back to the mail and to the list");
  await press("e");
  await there(page.locator("textarea[name=to]"));
  await press("u");
  await there(page.locator(".mail h1", { hasText: first.subject }));
  await press("u");
  await there(row(page, first.subject));

  step("r opens the mail from the list, where everything is seen first");
  await press("j", "r");
  await there(page.locator(".mail h1", { hasText: first.subject }));

  step("d drops; a key held down or meant for the browser does nothing");
  await press("Control+d", "Alt+d");
  assert.equal((await stored("held")).length, 3);
  await press("d", "Enter");
  await tabTo(`document.activeElement.textContent === "Drop it for good"`, "the question");
  assert.equal((await stored("held")).length, 3, "asked first");
  await press("Enter");
  await told(page, "The mail was dropped.");
  assert.equal((await stored("held")).length, 2);

  step("where one is, is seen");
  await press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
});
