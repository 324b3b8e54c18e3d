// Those who are left out get nothing; the others get the mail as it was written.
import assert from "node:assert/strict";
import { arrived, enter, hold, openMail, picture, script, told } from "./desk.mjs";
import { shared } from "./mails.mjs";

await script(async (browser, step) => {
  const mail = shared();
  await hold(mail);
  const page = await enter(browser);
  await openMail(page, mail.subject);
  const leaveOut = (address) => page.locator(`input[name=without][value="${address}"]`);

  step("who is left out is crossed out, and what is asked of them is not asked");
  assert.equal(await page.locator("input[name=without]").count(), 4, "Bcc is shown, too");
  await leaveOut("k-sato@aoba.example").check();
  const box = page.locator("input[name=tick][value='outside:aoba.example']");
  assert.equal(await box.isDisabled(), false, "somebody else there still gets it");
  await leaveOut("mika@aoba.example").check();
  assert.ok(await box.isDisabled(), "nobody there gets it");
  await picture(page, "without");

  step("a mistake elsewhere does not bring them back");
  for (const one of await page.locator("input[name=tick]:enabled").all()) await one.check();
  await page.getByText("Note, later").click();
  await page.locator("input[name=at]").fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").getByText("That time has passed").waitFor();
  assert.ok(await leaveOut("k-sato@aoba.example").isChecked(), "still left out");
  assert.ok(await leaveOut("mika@aoba.example").isChecked(), "still left out");
  assert.equal(await page.locator("input[name=at]").inputValue(), "2020-01-01T10:00");

  step("the server sees only the others");
  await page.locator("input[name=at]").fill("");
  for (const one of await page.locator("input[name=tick]:enabled").all()) await one.check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await told(page, "The mail goes out.");
  const mails = await arrived(1);
  assert.deepEqual(mails.map((one) => one.recipients), [["robert.hale@alderbio.example", "archive@minato.example"]]);
  assert.equal(mails[0].raw, mail.raw.toString("latin1"));
});
