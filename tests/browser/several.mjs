// Mails are found, ordered, and decided on several at a time, each one ticked.
import assert from "node:assert/strict";
import { arrived, enter, hand, hold, openMail, origin, picture, row, script, stored, told } from "./desk.mjs";
import { japanese, shared, slip } from "./mails.mjs";

await script(async (browser, step) => {
  const mails = [slip("one"), slip("two"), slip("three"), japanese(), shared()];
  for (const mail of mails) await hold(mail);
  const page = await enter(browser);
  const subjects = () => page.locator("[data-row] .subject").allInnerTexts();

  step("order and search");
  assert.equal((await subjects())[0], shared().subject, "the newest first");
  await page.getByRole("link", { name: "Riskiest first" }).click();
  await page.getByRole("link", { name: "Newest first" }).waitFor();
  assert.equal((await subjects()).length, 5);
  await page.locator("#q").fill("SPRING two");
  await page.locator("#q").press("Enter");
  await row(page, shared().subject).waitFor({ state: "detached" });
  assert.deepEqual(await subjects(), [mails[1].subject]);
  await page.goto(origin);

  step("nothing chosen, nothing asked");
  await page.getByRole("button", { name: "Send chosen" }).click();
  await page.locator("[data-row]").first().waitFor();
  assert.equal((await stored("held")).length, 5);

  step("what is chosen stays chosen when another mail comes");
  await row(page, mails[0].subject).getByRole("checkbox").check();
  await row(page, mails[1].subject).getByRole("checkbox").check();
  await hand(slip("four"));
  await row(page, slip("four").subject).waitFor();
  assert.equal(await page.locator("input[name=id]:checked").count(), 2);

  step("only what is ticked whole goes");
  await page.getByRole("button", { name: "Send chosen" }).click();
  const sheet = page.locator("form[action='/bulk/do']");
  assert.equal(await sheet.locator("[name=id]").count(), 2);
  assert.equal(await sheet.locator("[name=tick]:checked").count(), 0);
  await picture(page, "several");
  const of = (mail) => sheet.locator("li", { hasText: mail.subject });
  for (const box of await of(mails[0]).locator("[name=tick]").all()) await box.check();
  await of(mails[1]).locator("[name=tick]").first().check();
  await page.getByRole("button", { name: "Send the ticked ones" }).click();
  await told(page, "The mail goes out. 1 stay as they are");
  assert.deepEqual((await arrived(1)).map((one) => one.raw), [mails[0].raw.toString("latin1")]);
  assert.equal((await stored("held")).length, 5, "the other one waits on");

  step("dropped at once");
  await page.goto(origin);
  for (const mail of [mails[1], mails[2]]) await row(page, mail.subject).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Drop chosen" }).click();
  for (const mail of [mails[1], mails[2]]) await sheet.getByLabel(mail.subject).check();
  await page.getByRole("button", { name: "Drop the ticked ones" }).click();
  await told(page, "2 mails were dropped.");
  assert.equal((await stored("dropped")).length, 2);

  step("the tabs have what became of them");
  await page.getByRole("link", { name: /^Done/ }).click();
  await row(page, mails[0].subject).waitFor();
  assert.deepEqual((await subjects()).length, 3);
  assert.equal(await page.getByRole("button", { name: /chosen/ }).count(), 0, "nothing to decide here");
  await openMail(page, mails[1].subject);
});
