using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
var b = WebApplication.CreateEmptyBuilder(new());
b.WebHost.UseKestrelCore();
var a = b.Build();
SQLitePCL.Batteries_V2.Init();
using var c = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:");
c.Open();
Console.WriteLine(c.ServerVersion);
