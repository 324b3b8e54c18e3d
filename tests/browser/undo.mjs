// A mail that is taken back is held again, and nothing of it arrives.
import assert from "node:assert/strict";
import { arrived, atena, enter, hold, openMail, picture, row, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  const [first, second] = [slip("first"), slip("second")];
  const ids = [await hold(first), await hold(second)];
  const page = await enter(browser);

  step("undone from the list");
  await openMail(page, first.subject);
  await tickAll(page);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await told(page, "The mail goes out.");
  assert.equal(await row(page, first.subject).count(), 0, "it does not wait any more");
  assert.equal((await stored("ready")).length, 1);
  await picture(page, "undo");
  await page.getByRole("button", { name: "Undo" }).click();
  await told(page, "Taken back");
  assert.equal((await stored("held")).length, 2);
  assert.ok(await page.getByRole("button", { name: "Send", exact: true }).isDisabled(), "all is to be ticked again");

  step("undone from the mail");
  await tickAll(page);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await told(page, "The mail goes out.");
  await page.getByRole("link", { name: /On the way/ }).click();
  await openMail(page, first.subject);
  await page.getByRole("button", { name: "Take back" }).click();
  await told(page, "Taken back");

  step("what is sent later does not bring it along");
  const { code, text } = await atena("held", "release", ids[1]);
  assert.equal(code, 0, text);
  const mails = await arrived(1);
  assert.deepEqual(mails.map((mail) => mail.raw), [second.raw.toString("latin1")]);
  assert.deepEqual((await stored("held")).map((mail) => mail.id), [ids[0]]);
});
