// Asks both vendors at their own host names; prints both statuses. Knows nothing of Syncproof.
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import javax.net.ssl.HttpsURLConnection;

public class Ask {
    static final String[] URLS = {
        "https://api.hubapi.com/crm/v3/objects/contacts?limit=1", "https://login.salesforce.com/services/data"
    };

    public static void main(String[] words) throws Exception {
        String found = "";
        for (String url : URLS) {
            found += (words[0].equals("httpclient") ? byHttpClient(url) : byUrlConnection(url)) + " ";
        }
        System.out.println(found.trim());
    }

    static int byHttpClient(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + System.getenv("TOKEN")).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    static int byUrlConnection(String url) throws Exception {
        HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + System.getenv("TOKEN"));
        return connection.getResponseCode();
    }
}
